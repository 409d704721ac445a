import { availableParallelism } from "node:os";
import { AlertStore } from "./alerts/alertStore";
import { tellOfChange } from "./alerts/changedDocument";
import { createBlobStore } from "./azure/blobs";
import { connectStorage } from "./azure/connection";
import { prepareStorage } from "./azure/prepareStorage";
import { createQueueSender } from "./azure/queues";
import { createTableStore } from "./azure/tables";
import { CaptureWatch } from "./capture/captureWatch";
import { InferenceLog } from "./capture/inferenceLog";
import { bareEnvironment, type Config } from "./config";
import { DatasetRegistry } from "./data/datasetRegistry";
import { createDataProcesses } from "./dataWork/dataProcesses";
import { VersionExplanations } from "./explain/explainVersion";
import { TreeViews } from "./explain/trees/treeViews";
import { InboxLedger } from "./inbox/inboxLedger";
import { VerifiedBlobs } from "./ledger/verifiedBlobs";
import { MonitorStore } from "./monitoring/monitorStore";
import { createIsolatedRuntime } from "./onnxruntime/isolatedRuntime";
import { createOnnxRuntime, onnxRuntimeVersion } from "./onnxruntime/runtime";
import { servingRuntimes } from "./onnxruntime/servingRuntimes";
import { createThreadedRuntime } from "./onnxruntime/threadedRuntime";
import type { Clock, Telemetry } from "./ports";
import { sweepTempFolders } from "./process/tempFolders";
import { ModelRegistry } from "./registry/modelRegistry";
import { tellOfFailures } from "./serving/aliasFailures";
import { createDefaultModel } from "./serving/defaultModel";
import { ModelLoader } from "./serving/loader";
import { tellOfPauses } from "./serving/pausedVersions";
import { Readiness } from "./serving/readiness";
import { VersionBreakers, type VersionName } from "./serving/versionBreakers";
import { storageNames } from "./storageNames";
import { candidateRules } from "./training/candidateRules";
import { RunStore } from "./training/runStore";
import { WorkerPool } from "./training/workerPool";
import { loadUsecases } from "./usecase/loadUsecases";

/** Builds every adapter once and hands them to the domain; the only place that knows both. */
export function createApp(config: Config, telemetry: Telemetry, clock: Clock = { now: () => new Date() }) {
  const storage = connectStorage(config.storage);
  const blobs = createBlobStore(storage.blobs);
  const tables = createTableStore(config.storage);
  const queues = createQueueSender(storage.queues);
  // with one core there is nothing to gain
  const runtime = availableParallelism() > 1 ? createThreadedRuntime(config.scoringTimeoutMs) : createOnnxRuntime();
  const limits = { timeoutMs: config.scoringTimeoutMs, memoryBytes: config.uploadedModelBytes };
  // a trial on a busy machine must not refuse what serves well
  const isolated = createIsolatedRuntime({ ...limits, timeoutMs: 10 * limits.timeoutMs });
  const dataWork = createDataProcesses({ memoryBytes: config.dataMemoryBytes, environment: bareEnvironment() });
  const usecases = loadUsecases(config.usecasesFolder, candidateRules);
  const alerts = new AlertStore(tables, clock, telemetry);
  const documents = new VerifiedBlobs(blobs, (changed) => tellOfChange(alerts, changed));
  const registry = new ModelRegistry({
    blobs,
    documents,
    tables,
    clock,
    telemetry,
    aliasMoved: (model) => loader.aliasMoved(model),
  });
  // a process that starts again on the same instance numbers its lines anew
  const instance = `${config.instance}-${Date.now().toString(36)}`;
  const breakers = new VersionBreakers(tellOfPauses({ alerts, telemetry, instance, log: console.error }));
  const forget = (version: VersionName) => loader.forget(version);
  const runtimeOf = servingRuntimes({ shared: runtime, limits, breakers, forget });
  const loader = new ModelLoader({
    source: registry,
    runtimeOf,
    capacityBytes: config.modelCacheBytes,
    aliasMaxAgeMs: config.aliasMaxAgeMs,
    onRefreshFailure: tellOfFailures(telemetry, console.error),
  });
  const datasets = new DatasetRegistry(tables, documents, clock);
  const inbox = new InboxLedger(tables, clock);
  const monitors = new MonitorStore(tables, blobs);
  const runs = new RunStore(tables, blobs, documents);
  const workers = new WorkerPool(config.trainingThreads);
  const reports = new CaptureWatch({ alerts, telemetry, instance, log: console.error });
  const capture = new InferenceLog({ blobs, clock, instance, reports, durable: config.capture === "durable" });
  const { codeRevision } = config;
  const environment = {
    node: process.versions.node,
    onnxRuntime: onnxRuntimeVersion(),
    platform: `${process.platform} ${process.arch}`,
  };
  const prepare = untilDone(() => prepareStorage(config.storage, storage, storageNames));
  const upkeep = { "create what storage lacks": prepare, "sweep temporary folders": () => sweepTempFolders() };
  const defaultModel = createDefaultModel(registry, config.defaultModel);
  const common = { usecases, blobs, tables, queues, clock, telemetry, dataWork, codeRevision };
  const explaining = { loader, runtimeOf, registry, blobs, usecases, trees: new TreeViews(registry), defaultModel };
  const explanations = new VersionExplanations(explaining);
  return {
    ...common,
    registry,
    datasets,
    alerts,
    inbox,
    monitors,
    readiness: new Readiness({ tables, blobs, pausedVersions: () => breakers.paused }),
    auditSources: [registry, datasets, alerts, runs],
    scoring: {
      loader,
      telemetry,
      usecases,
      capture: config.capture === "off" ? undefined : capture,
      defaultModel,
    },
    explaining,
    explanations,
    card: { registry, usecases, explanations },
    intake: { ...common, datasets, alerts, runs },
    training: { ...common, datasets, runs, alerts, registry, loader, runtime, workers, environment },
    drift: { ...common, registry, runs, alerts, monitors, capture, capturing: config.capture !== "off" },
    poison: { ...common, datasets, alerts, runs, registry, inbox },
    reconciler: {
      ...common,
      datasets,
      alerts,
      runs,
      registry,
      inbox,
      upkeep,
      runtime: isolated,
      modelLimits: config.modelLimits,
    },
    maxBodyBytes: config.maxBodyBytes,
    /** How the inference log stands. */
    captureState: () => (config.capture === "off" ? { mode: "off" as const } : capture.state()),
    /** Creates what is missing in storage. */
    prepare,
    /** Writes what is buffered; the app takes no more work after it. */
    async close(): Promise<void> {
      await capture.close();
      await telemetry.flush();
    },
  };
}

/** `work` as often as it is called, until it has succeeded once. */
function untilDone(work: () => Promise<void>): () => Promise<void> {
  let done = false;
  return async () => {
    if (!done) await work();
    done = true;
  };
}

export type App = ReturnType<typeof createApp>;

let app: App | undefined;

/** The app of this process; functions/index.ts must have started it. */
export function getApp(): App {
  if (app === undefined) throw new Error("the app was not started: functions/index.ts calls startApp first");
  return app;
}

/** Makes `started` the app of this process. */
export function setApp(started: App): void {
  app = started;
}
