import type { CaptureEntry } from "../capture/captureLine";
import type { ModelSignature } from "../onnx/signature";
import type { Telemetry } from "../ports";
import { type Problem, toProblem } from "../problem";
import { telemetryMetrics } from "../telemetryNames";
import type { ColumnMasks } from "../usecase/columnMasks";
import { contextColumns } from "../usecase/contextColumns";
import type { Usecase } from "../usecase/loadUsecases";
import { capturedInputs } from "./capturedInputs";
import type { ErrorEvents } from "./errorEvents";
import type { LoadedModel, ModelLoader } from "./loader";
import { type RowWarnings, refuseInvalid, refusesInvalid } from "./rowWarnings";
import type { WireBody, WireFormat, WireHeaders, WireReply } from "./wire/wireFormat";

export interface ScorePorts {
  loader: ModelLoader;
  /** undefined if capture is switched off; returns a promise if the reply must wait until the record is written */
  capture?: { record(entry: CaptureEntry): Promise<void> | undefined };
  telemetry: Telemetry;
  errorEvents: Pick<ErrorEvents, "failed" | "outOfBounds">;
  /** counts requests for the service's own profiles */
  serviceCounts?: {
    scored(model: string, version: number, status: number, latencyMs: number): void;
    exception(kind: string, model: string): void;
  };
  usecases: Map<string, Usecase>;
  masks: ColumnMasks;
  /** the model for requests that name none; AppError invalid_input with the list if there is no such model */
  defaultModel(): Promise<string>;
}

export interface ScoreRequest {
  format: WireFormat;
  model?: string;
  /** version number or alias from the pin header; without one, the champion answers */
  pin?: string;
  /** a function is called when the body is needed, and may fail with an error for the caller */
  body: WireBody | (() => Promise<WireBody>);
  /** those that the format reads */
  headers?: WireHeaders;
  requestId: string;
}

export interface ScoreReply {
  status: number;
  body: WireBody;
  headers: Record<string, string>;
}

/** Answers one scoring request in its format; successful or not, it is captured and counted. */
export async function scoreRequest(ports: ScorePorts, request: ScoreRequest): Promise<ScoreReply> {
  const started = performance.now();
  const { format, requestId } = request;
  const outcome: Outcome = { model: request.model ?? "unknown", version: 0, rows: 0, body: "" };
  try {
    outcome.body = typeof request.body === "function" ? await request.body() : request.body;
    format.refuseTooLarge(outcome.body);
    const model = request.model ?? (await ports.defaultModel());
    outcome.model = model;
    const reference = request.pin ?? "champion";
    const loaded = ports.loader.tryAcquire(model, reference) ?? (await ports.loader.acquire(model, reference));
    try {
      return await answer(ports, request, outcome, loaded, started);
    } finally {
      loaded.release();
    }
  } catch (thrown) {
    const { status, body, headers } = toProblem(thrown, requestId);
    // what is wrong with values that a version was asked about has been warned of
    if (outcome.version > 0 && outcome.warnings === undefined) ports.errorEvents.failed(outcome, thrown);
    if (!outcome.isRecorded) void record(ports, request, outcome, started, status, undefined, body);
    if (status === 500) throw thrown;
    return replyOf(format, status, format.problem(body), headers);
  }
}

interface Outcome {
  model: string;
  version: number;
  rows: number;
  body: WireBody;
  /** of the version that answers */
  signature?: ModelSignature;
  /** the request is already in the log; what failed is writing it */
  isRecorded?: boolean;
  warnings?: RowWarnings;
}

/** seconds since the alias was read; only sent if that is longer than allowed because storage did not answer in time */
const aliasAgeHeader = "x-tidegate-alias-age";

async function answer(
  ports: ScorePorts,
  request: ScoreRequest,
  outcome: Outcome,
  loaded: LoadedModel,
  started: number,
): Promise<ScoreReply> {
  const { format, headers, requestId } = request;
  const { version, signature } = loaded.version;
  const { model, body } = outcome;
  outcome.version = version;
  outcome.signature = signature;
  const spec = ports.usecases.get(model)?.spec;
  const beside = { ...(headers && { headers }), ...(spec && { context: contextColumns(spec) }) };
  const asked = { format: format.name, body, ...beside, model, version, requestId };
  const predictions = await loaded.runtime.predict(asked, signature);
  const { rowCount, warnings, log } = predictions;
  outcome.warnings = warnings;
  if (warnings && refusesInvalid(ports.usecases, model)) refuseInvalid(warnings);
  outcome.rows = rowCount;
  const written = record(ports, request, outcome, started, 200, log);
  outcome.isRecorded = true;
  if (written) await written;
  return replyOf(format, 200, predictions, versionHeaders(ports, outcome, loaded));
}

function replyOf(
  { contentTypes: [contentType] }: WireFormat,
  status: number,
  { body, headers }: WireReply,
  more: Record<string, string>,
): ScoreReply {
  return { status, body, headers: { "content-type": contentType, ...headers, ...more } };
}

function versionHeaders(
  ports: ScorePorts,
  { model, version }: Outcome,
  { aliasAgeMs }: LoadedModel,
): Record<string, string> {
  const headers = { "x-tidegate-version": String(version) };
  if (aliasAgeMs === undefined) return headers;
  const ageSeconds = aliasAgeMs / 1000;
  ports.telemetry.metric(telemetryMetrics.scoringByOldAlias, ageSeconds, { model, version });
  return { ...headers, [aliasAgeHeader]: String(Math.round(ageSeconds)) };
}

function record(
  ports: ScorePorts,
  request: ScoreRequest,
  outcome: Outcome,
  started: number,
  status: number,
  outputs?: string,
  problem?: Problem,
): Promise<void> | undefined {
  const latencyMs = performance.now() - started;
  const { model, version, rows, warnings } = outcome;
  const written = ports.capture?.record({
    id: request.requestId,
    model,
    version,
    status,
    latencyMs,
    rows,
    route: request.pin === undefined ? "champion" : "pinned",
    format: request.format.name,
    inputs: capturedInputs(ports.masks, ports.usecases.get(model), {
      format: request.format,
      body: outcome.body,
      headers: request.headers ?? {},
      signature: status === 200 ? outcome.signature : undefined,
    }),
    outputs,
    warnings: warnings?.counts,
    error: problem?.error,
  });
  ports.serviceCounts?.scored(model, version, status, latencyMs);
  // a bug is thrown further, and counted where it is caught
  if (status > 500 && problem !== undefined) ports.serviceCounts?.exception(problem.code, model);
  ports.telemetry.metric(telemetryMetrics.scoringLatencyMs, latencyMs, { model, version, status });
  if (status !== 200) ports.telemetry.metric(telemetryMetrics.scoringFailures, 1, { model, version, status });
  if (warnings?.counts.out_of_range) ports.errorEvents.outOfBounds(outcome, warnings);
  for (const [code, count] of Object.entries(warnings?.counts ?? {}))
    ports.telemetry.metric(telemetryMetrics.scoringWarnings, count, { model, version, code });
  return written;
}
