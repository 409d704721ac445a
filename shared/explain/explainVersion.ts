import { documentText, readDerived } from "../documents";
import type { ModelVersion } from "../registry/modelVersion";
import { type ExplainPorts, noBackground } from "./explainRequest";
import { findSample } from "./findSample";
import { globalContext } from "./globalContext";
import { globalDocument } from "./globalDocument";
import type { GlobalExplanation } from "./globalExplanation";
import { measureDependence } from "./measureDependence";
import { measureImportance } from "./measureImportance";
import { measureShapley } from "./measureShapley";
import { measureSurrogate } from "./measureSurrogate";

const container = "explanations";
/** part of the blob's name; increased when explanations are computed differently, so that they are made again */
const edition = 1;

/**
 * Global explanations of model versions: made at the first request and kept in a blob, made again where that cannot be
 * read; every instance makes the same bytes.
 */
export class VersionExplanations {
  private readonly making = new Map<string, Promise<GlobalExplanation>>();

  constructor(private readonly ports: ExplainPorts) {}

  /** The explanation of one version (a number or an alias); AppError rejected if there are no rows to make it from. */
  async of(model: string, reference: string): Promise<GlobalExplanation> {
    const { registry } = this.ports;
    const version = await registry.version(model, await registry.resolve(model, reference));
    const { notShownBetter } = version;
    return { ...(await this.kept(version)), ...(notShownBetter && { notShownBetter }) };
  }

  private async kept(version: ModelVersion): Promise<GlobalExplanation> {
    const { blobs } = this.ports;
    const name = `${version.model}/${version.version}-${version.sha256.slice(0, 16)}-form${edition}.json`;
    const stored = await readDerived(blobs, { container, name }, globalDocument);
    if (stored && stored !== "damaged") return stored;
    let flight = this.making.get(name);
    if (flight === undefined) {
      flight = this.makeAndKeep(version, name, stored === "damaged").finally(() => this.making.delete(name));
      this.making.set(name, flight);
    }
    return flight;
  }

  private async makeAndKeep(version: ModelVersion, name: string, isDamaged: boolean): Promise<GlobalExplanation> {
    const { blobs } = this.ports;
    const explanation = await this.make(version);
    const text = documentText(globalDocument, explanation);
    if (isDamaged) await blobs.write(container, name, text, "application/json");
    else await blobs.create(container, name, text, "application/json");
    return explanation;
  }

  private async make(version: ModelVersion): Promise<GlobalExplanation> {
    const { ports } = this;
    const found = await findSample(ports, version);
    if (found === undefined) throw noBackground(version);
    const loaded = await ports.loader.acquire(version.model, String(version.version));
    try {
      const trees = await ports.treeViews.of(version);
      const usecase = ports.usecases.get(version.model);
      const context = await globalContext({ loaded, runtime: ports.runtimeOf(version), trees, found, usecase });
      const importance = await measureImportance(context);
      return {
        model: version.model,
        version: version.version,
        background: { rows: context.background.rowCount, source: `training rows of version ${found.version}` },
        kind: context.isClassifier ? "probability" : "value",
        answers: context.explainedAnswers.map((answer) => context.names[answer]),
        ...(importance && { importance }),
        shapley: await measureShapley(context),
        dependence: await measureDependence(context),
        surrogate: await measureSurrogate(context),
      };
    } finally {
      loaded.release();
    }
  }
}
