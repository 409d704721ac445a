import { capturedBlobs } from "../capture/windows/capturedBlobs";
import type { ExplainPorts } from "../explain/explainRequest";
import { type Cell, isCell } from "../explain/explanationSample";
import { findSample } from "../explain/findSample";
import { globalContext } from "../explain/globalContext";
import { measureAttributions } from "../explain/measureAttributions";
import type { WatchedAttributions } from "../monitoring/signals/signal";
import type { TimeRange } from "../monitoring/windowProfile";
import type { ModelVersion } from "../registry/modelVersion";
import { capturedRows } from "../serving/wire/registry";
import { capturedRequests } from "../truth/capturedRequests";

const nothing = { method: "none", rows: 0, means: [], errors: [] };
/** capture blobs of a window that are read, and how much of each */
const mostBlobs = 24;
const mostBytes = 2 ** 18;
/** captured rows that are explained are drawn from so many */
const mostRows = 400;

export type AttributionPorts = Pick<
  ExplainPorts,
  "loader" | "runtimeOf" | "registry" | "blobs" | "usecases" | "treeViews"
>;

/**
 * How much each input adds to a version's answers, over rows captured in a range and over training rows, against the
 * same background; undefined for versions without training rows to explain by. Its cost does not grow with rows.
 */
export async function championAttributions(
  ports: AttributionPorts,
  version: ModelVersion,
  range: TimeRange,
): Promise<WatchedAttributions | undefined> {
  const { signature } = version;
  const found = await findSample(ports, version);
  if (found === undefined) return undefined;
  const cells = await someRows(ports, version, range);
  const features = signature.features.map(({ name }) => name);
  if (cells.length === 0) return { features, training: nothing, now: nothing };
  const loaded = await ports.loader.acquire(version.model, String(version.version));
  try {
    const trees = await ports.treeViews.of(version);
    const usecase = ports.usecases.get(version.model);
    // captured rows stand in the place of the sample's hold-out rows, so that both are read by one codec
    const sample = {
      ...found.sample,
      holdout: { rows: inOrderOf(found.sample.features, cells, features), target: [] },
    };
    const context = await globalContext({
      loaded,
      runtime: ports.runtimeOf(version),
      trees,
      found: { ...found, sample },
      usecase,
    });
    const training = await measureAttributions(context, context.background);
    return { features, training, now: await measureAttributions(context, context.holdout) };
  } finally {
    loaded.release();
  }
}

/** Captured rows of hours that are spread evenly over a range, from the start of each hour's captures. */
async function someRows({ blobs }: AttributionPorts, version: ModelVersion, range: TimeRange): Promise<unknown[][]> {
  const hours = await capturedBlobs(blobs, version.model, range);
  const own = [...hours.values()].flat().filter((blob) => blob.version === version.version);
  const taken = evenly(own, mostBlobs);
  const each = Math.ceil(mostRows / Math.max(1, taken.length));
  const rows: unknown[][] = [];
  for (const { name, sizeBytes } of taken) {
    const ofBlob: unknown[][] = [];
    for await (const { format, inputs } of capturedRequests(blobs, name, 0, Math.min(sizeBytes, mostBytes))) {
      if (inputs !== undefined) ofBlob.push(...(capturedRows(format, inputs, version.signature) ?? []));
      if (ofBlob.length >= each) break;
    }
    rows.push(...ofBlob.slice(0, each));
  }
  return rows;
}

function evenly<T>(all: T[], count: number): T[] {
  const taken = Math.min(all.length, count);
  return Array.from({ length: taken }, (_, i) => all[Math.floor((i * all.length) / taken)]);
}

/** Rows in signature order as rows of a sample; what is no cell counts as missing, as it did when it was served. */
function inOrderOf(columns: string[], rows: unknown[][], features: string[]): Cell[][] {
  const places = columns.map((name) => features.indexOf(name));
  return rows.map((row) => places.map((at) => (isCell(row[at]) ? row[at] : null)));
}
