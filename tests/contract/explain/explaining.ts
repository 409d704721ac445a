import type { ExplanationSample } from "../../../shared/explain/explanationSample";
import { TreeViews } from "../../../shared/explain/trees/treeViews";
import type { FeatureTable } from "../../../shared/featureTable";
import { guardGraph } from "../../../shared/learners/graph/guardGraph";
import { trainerFor } from "../../../shared/learners/registry";
import { VerifiedBlobs } from "../../../shared/ledger/verifiedBlobs";
import type { FeatureDomain } from "../../../shared/onnx/featureDomain";
import { readSignature } from "../../../shared/onnx/signature";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";
import { ModelRegistry } from "../../../shared/registry/modelRegistry";
import { ModelLoader } from "../../../shared/serving/loader";
import { RecordedTelemetry } from "../../support/recordedTelemetry";
import type { Storage } from "../../support/storage";
import { sampleRows, sampleValues } from "../../unit/learners/sampleRows";

/** What explaining takes, on real storage and the real runtime, with models trained in a moment. */
export function explainingOn(storage: Storage) {
  const registry = new ModelRegistry({
    ...storage,
    documents: new VerifiedBlobs(storage.blobs, async () => {}),
    clock: { now: () => new Date() },
    telemetry: new RecordedTelemetry(),
  });
  const runtime = createOnnxRuntime();
  const runtimeOf = () => runtime;
  const loader = new ModelLoader({ source: registry, runtimeOf, capacityBytes: 1e9 });
  const usecases = new Map();
  const treeViews = new TreeViews(registry);
  const ports = {
    registry,
    runtime,
    runtimeOf,
    loader,
    usecases,
    treeViews,
    blobs: storage.blobs,
    defaultModel: async () => "forest",
  };
  return { ports, registry, register: (model: TestModel) => register(storage, ports, model) };
}

export interface TestModel {
  model: string;
  learner: string;
  parameters?: object;
  classes?: number;
  isRegression?: boolean;
  numbers?: number;
  categories?: number;
  /** stored with the version, as training does */
  withSample?: boolean;
  /** n0 from -1.5 to 1.5, n1 -999 or 4 where it is missing, c0 of four values */
  isGuarded?: boolean;
  seed?: number;
}

const domains: Record<string, FeatureDomain> = {
  n0: { min: -1.5, max: 1.5, sentinels: [] },
  n1: { sentinels: [-999, 4] },
  c0: { sentinels: [], values: ["clear", "rain", "snow", "fog é"] },
};

/** Trains, registers and makes champion; returns rows as the endpoints take them. */
async function register(
  storage: Storage,
  { registry, runtime }: ReturnType<typeof explainingOn>["ports"],
  test: TestModel,
) {
  const { model, learner, classes = 2, numbers = 4, categories = 2, seed = 3 } = test;
  const options = { seed, rowCount: 400, numbers, categories, classes, missing: 0.05 };
  const { table, target } = test.isRegression ? sampleValues(options) : sampleRows(options);
  const named = "classes" in target ? [...target.classes] : [];
  const trainer = trainerFor(learner);
  const fitted = trainer.fit(table, target, trainer.parameters.parse(test.parameters ?? {}), { seed: 1 });
  const features = [...table.numbers, ...table.categories].map(({ name }, at) => ({
    name,
    type: at < numbers ? ("number" as const) : ("category" as const),
    nullable: true,
    ...(test.isGuarded && name in domains && { domain: domains[name] }),
  }));
  const bytes = guardGraph(fitted.toOnnx(), table, features, target.task);
  const loaded = await runtime.load(bytes);
  const signature = readSignature(loaded, features, test.isRegression ? undefined : named);
  await loaded.release();
  const cells = cellsOf(table);
  const sample: ExplanationSample = {
    features: features.map(({ name }) => name),
    classes: named,
    positiveIndex: named.length === 2 ? 1 : undefined,
    decisionThreshold: 0.5,
    metric: test.isRegression ? "rmse" : "logLoss",
    seed: 1,
    background: cells.slice(0, 40),
    holdout: {
      rows: cells.slice(100),
      target: Array.from("codes" in target ? target.codes : target.values).slice(100),
    },
  };
  const background = `runs/${model}-${seed}/explanation-sample.json`;
  if (test.withSample)
    await storage.blobs.write("runs", `${model}-${seed}/explanation-sample.json`, JSON.stringify(sample));
  const { version } = await registry.register({
    model,
    bytes,
    details: {
      signature,
      learner,
      lineage: { source: "training", codeRevision: "test" },
      gate: { decision: "promoted", reasons: ["test"] },
      ...(test.withSample && { background }),
    },
    operation: `op-${model}-${seed}`,
    actor: "test",
  });
  await registry.moveAlias({
    model,
    alias: "champion",
    version,
    operation: `move-${version}`,
    actor: "test",
    reason: "t",
  });
  return { version, cells, names: sample.features };
}

function cellsOf({ rowCount, numbers, categories }: FeatureTable): (number | string | null)[][] {
  return Array.from({ length: rowCount }, (_, row) => [
    ...numbers.map(({ values }) => (Number.isNaN(values[row]) ? null : values[row])),
    ...categories.map(({ levels, codes }) => levels[codes[row]] ?? null),
  ]);
}
