import { availableParallelism } from "node:os";
import type { Alert } from "./alerts/alert";
import { AlertStore } from "./alerts/alertStore";
import { tellOfChange } from "./alerts/changedDocument";
import { deliveryQueue } from "./alerts/deliveries/deliveryQueue";
import { type DispatchParts, dispatchActions } from "./alerts/dispatch";
import type { Announcement } from "./alerts/outbox";
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
import { actionParts } from "./loop/actionParts";
import { alertPicture } from "./loop/alertPicture";
import { keepObservations } from "./loop/keepObservations";
import { unwatchedSignals } from "./loop/unwatchedSignals";
import { versionCounts } from "./loop/versionCounts";
import { MonitorSettingsStore } from "./monitoring/monitorSettings";
import { MonitorStore } from "./monitoring/monitorStore";
import type { TimeRange } from "./monitoring/windowProfile";
import { createIsolatedRuntime } from "./onnxruntime/isolatedRuntime";
import { createOnnxRuntime, onnxRuntimeVersion } from "./onnxruntime/runtime";
import { servingRuntimes } from "./onnxruntime/servingRuntimes";
import { createThreadedRuntime } from "./onnxruntime/threadedRuntime";
import type { BlobStore, Clock, QueueLengths, QueueSender, TableStore, Telemetry } from "./ports";
import { endProcess } from "./process/endProcess";
import { sweepTempFolders } from "./process/tempFolders";
import { ModelRegistry } from "./registry/modelRegistry";
import { HeldConditions } from "./service/heldConditions";
import { ServiceCounts } from "./service/serviceCounts";
import { ServiceLog } from "./service/serviceLog";
import { ServiceReader } from "./service/serviceReader";
import { tellOfFailures } from "./serving/aliasFailures";
import { createDefaultModel } from "./serving/defaultModel";
import { ErrorEvents } from "./serving/errorEvents";
import { ModelLoader } from "./serving/loader";
import { tellOfPauses } from "./serving/pausedVersions";
import { Readiness } from "./serving/readiness";
import { VersionBreakers, type VersionName } from "./serving/versionBreakers";
import { storageNames } from "./storageNames";
import { candidateRules } from "./training/candidateRules";
import { RunStore } from "./training/runStore";
import { WorkerPool } from "./training/workerPool";
import { KnownPredictions } from "./truth/knownPredictions";
import { TruthStore } from "./truth/truthStore";
import { ColumnMasks, hashKeyRule } from "./usecase/columnMasks";
import { loadUsecases } from "./usecase/loadUsecases";

/** What the app takes from the world, where it is not the usual. */
export interface AppOptions {
  clock?: Clock;
  /** instead of the configured account */
  storage?: { blobs: BlobStore; tables: TableStore; queues: QueueSender & QueueLengths };
  endProcess?: typeof endProcess;
}

/**
 * Builds every part once: one flat record, in which each part has one name. A use case declares the few parts that it
 * needs and is called with all of them: `reconcile(getApp())`.
 */
export function createApp(config: Config, telemetry: Telemetry, options: AppOptions = {}) {
  const { clock = { now: () => new Date() }, endProcess: end = endProcess } = options;
  const adapters = baseParts(config, telemetry, clock, options.storage);
  const base = { ...adapters, ...serviceOf(adapters) };
  // alerts start actions on what is built after them
  const stores = storeParts(base, () => actionParts({ ...base, ...stores, registry: serving.registry, restartWorker }));
  const serving = servingParts(config, base, stores);
  const { capture } = serving;
  const close = async () => {
    await Promise.all([capture?.close(), base.serviceLog.close()]);
    await telemetry.flush();
  };
  const restartWorker = (reason: string) => end(reason, close);
  return {
    ...base,
    ...stores,
    ...serving,
    alertPicture: (alert: Alert) => alertPicture({ ...base, ...serving }, alert),
    /** what a report reads of the loop */
    versionCounts: (model: string, version: number, range: TimeRange) =>
      versionCounts({ ...base, ...serving }, model, version, range),
    unwatchedSignals: (model: string) => unwatchedSignals({ ...base, ...serving }, model),
    workers: new WorkerPool(config.trainingThreads),
    environment: {
      node: process.versions.node,
      onnxRuntime: onnxRuntimeVersion(),
      platform: `${process.platform} ${process.arch}`,
    },
    /** what the reconciler puts in order each time, by what it does */
    upkeep: {
      "create what storage lacks": base.prepare,
      "sweep temporary folders": () => sweepTempFolders(),
      "look for observations": () => keepObservations({ ...base, ...stores }),
    },
    /** Writes what is buffered; the app takes no more work after it. */
    close,
  };
}

/** Adapters, and what the configuration says. */
function baseParts(config: Config, telemetry: Telemetry, clock: Clock, storage: AppOptions["storage"]) {
  const { codeRevision, modelLimits, maxBodyBytes, destinations, ownWebhooks, messageAddresses } = config;
  return {
    clock,
    telemetry,
    codeRevision,
    modelLimits,
    maxBodyBytes,
    destinations,
    ownWebhooks,
    messageAddresses,
    // a process that starts again on the same instance numbers its lines anew
    instance: `${config.instance}-${Date.now().toString(36)}`,
    usecases: loadUsecases(config.usecasesFolder, [...candidateRules, hashKeyRule(config.hashKey)]),
    masks: new ColumnMasks(config.hashKey),
    dataWork: createDataProcesses({ memoryBytes: config.dataMemoryBytes, environment: bareEnvironment() }),
    ...(storage ? { ...storage, prepare: async () => undefined } : accountParts(config)),
  };
}

/** The adapters of the configured storage account. */
function accountParts(config: Config) {
  const account = connectStorage(config.storage);
  return {
    blobs: createBlobStore(account.blobs),
    tables: createTableStore(config.storage),
    queues: createQueueSender(account.queues),
    /** Creates what is missing in storage. */
    prepare: untilDone(() => prepareStorage(config.storage, account, storageNames)),
  };
}

type BaseParts = ReturnType<typeof baseParts> & ReturnType<typeof serviceOf>;

/** What is kept in storage, each kind in its store. */
function storeParts(
  { blobs, tables, queues, clock, telemetry, usecases, instance }: BaseParts,
  partsOf: () => DispatchParts,
): StoreParts {
  const policiesOf = (subject: string) => usecases.get(subject)?.spec.policies;
  const dispatch = dispatchActions(policiesOf, partsOf);
  const announce = (announcement: Announcement) => queues.send(deliveryQueue, { announcement });
  const alerts = new AlertStore({ tables, clock, telemetry, dispatch, announce });
  const documents = new VerifiedBlobs(blobs, (changed) => tellOfChange(alerts, changed));
  const runs = new RunStore(tables, blobs, documents);
  return {
    alerts,
    documents,
    datasets: new DatasetRegistry(tables, documents, clock),
    inbox: new InboxLedger(tables, clock),
    monitors: new MonitorStore(tables, blobs),
    monitorSettings: new MonitorSettingsStore(tables, clock),
    heldConditions: new HeldConditions(tables),
    runs,
    truths: new TruthStore(blobs, instance),
  };
}

interface StoreParts {
  alerts: AlertStore;
  documents: VerifiedBlobs;
  datasets: DatasetRegistry;
  inbox: InboxLedger;
  monitors: MonitorStore;
  monitorSettings: MonitorSettingsStore;
  heldConditions: HeldConditions;
  runs: RunStore;
  truths: TruthStore;
}

/** What loads models and answers with them. */
function servingParts(config: Config, base: BaseParts, { alerts, documents }: StoreParts) {
  const { blobs, tables, clock, telemetry, usecases, instance } = base;
  const limits = { timeoutMs: config.scoringTimeoutMs, memoryBytes: config.uploadedModelBytes };
  // with one core there is nothing to gain
  const servingRuntime = availableParallelism() > 1 ? createThreadedRuntime(limits.timeoutMs) : createOnnxRuntime();
  const aliasMoved = (model: string) => loader.aliasMoved(model);
  const registry = new ModelRegistry({ blobs, documents, tables, clock, telemetry, aliasMoved });
  const errorEvents = new ErrorEvents({
    alerts,
    telemetry,
    count: (name, model) => base.serviceCounts.errorEvent(name, model),
    log: console.error,
  });
  const breakers = new VersionBreakers(tellOfPauses({ alerts, telemetry, instance, log: console.error }));
  const forget = (version: VersionName) => loader.forget(version);
  const runtimeOf = servingRuntimes({ shared: servingRuntime, limits, breakers, forget });
  const loader = new ModelLoader({
    source: registry,
    runtimeOf,
    capacityBytes: config.modelCacheBytes,
    aliasMaxAgeMs: config.aliasMaxAgeMs,
    onRefreshFailure: tellOfFailures(telemetry, console.error),
    loads: errorEvents,
  });
  const defaultModel = createDefaultModel(registry, config.defaultModel);
  const treeViews = new TreeViews(registry);
  return {
    registry,
    loader,
    errorEvents,
    servingRuntime,
    /** where a model that nobody knows is tried; on a busy machine a trial must not refuse what serves well */
    trialRuntime: createIsolatedRuntime({ ...limits, timeoutMs: 10 * limits.timeoutMs }),
    runtimeOf,
    defaultModel,
    capture: captureOf(config, base, alerts),
    predictions: new KnownPredictions({ blobs, clock }),
    readiness: new Readiness({ tables, blobs, pausedVersions: () => breakers.paused }),
    treeViews,
    explanations: new VersionExplanations({ loader, runtimeOf, registry, blobs, usecases, treeViews, defaultModel }),
  };
}

/** The log of scored rows; undefined where it is switched off. */
function captureOf(config: Config, { blobs, clock, telemetry, instance }: BaseParts, alerts: AlertStore) {
  if (config.capture === "off") return undefined;
  const reports = new CaptureWatch({ alerts, telemetry, instance, log: console.error });
  return new InferenceLog({ blobs, clock, instance, reports, durable: config.capture === "durable" });
}

/** The app's own counts: what counts them, what writes them, and what reads those of all instances. */
function serviceOf({ blobs, clock, usecases, instance }: ReturnType<typeof baseParts>) {
  const serviceCounts = new ServiceCounts(clock, usecases.keys());
  return {
    serviceCounts,
    serviceLog: new ServiceLog({ blobs, counts: serviceCounts, instance, log: console.error }),
    service: new ServiceReader({ blobs, clock, onUnreadable: ({ message }) => console.error(message) }),
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

/** The app of this process, which functions/start.ts has made. */
export function getApp(): App {
  if (app === undefined) throw new Error("the app was not started: functions/start.ts makes it and calls setApp first");
  return app;
}

/** Makes `started` the app of this process. */
export function setApp(started: App): void {
  app = started;
}
