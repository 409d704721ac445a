/** Names of custom events; docs/telemetry.md says what each carries. */
export const telemetryEvents = {
  datasetRegistered: "dataset.registered",
  datasetRejected: "dataset.rejected",
  runFinished: "run.finished",
  runFailed: "run.failed",
  versionRegistered: "version.registered",
  aliasMoved: "alias.moved",
  driftChecked: "drift.checked",
  signalChecked: "signal.checked",
  alertRaised: "alert.raised",
  alertResolved: "alert.resolved",
  alertDelivered: "alert.delivered",
  versionPaused: "version.paused",
  versionResumed: "version.resumed",
  captureLost: "capture.lost",
} as const;

/** Names of metrics. */
export const telemetryMetrics = {
  scoringLatencyMs: "scoring.latencyMs",
  scoringFailures: "scoring.failures",
  scoringByOldAlias: "scoring.byOldAlias",
  aliasReadFailures: "alias.readFailures",
  scoringWarnings: "scoring.warnings",
  captureUnreadable: "capture.unreadable",
  driftValue: "drift.value",
  signalValue: "signal.value",
} as const;

/** Events about what goes wrong in scoring, named as people know them, with the measurement `ErrorCode` of each. */
export const errorEventCodes = {
  FileNotFound: 101,
  ValueNotFound: 201,
  OutOfBounds: 202,
  ScalingException: 301,
  InferenceException: 401,
} as const;

export type ErrorEventName = keyof typeof errorEventCodes;
