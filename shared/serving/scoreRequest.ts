import type { CaptureEntry } from "../capture/captureLine";
import type { Telemetry } from "../ports";
import { type Problem, toProblem } from "../problem";
import { telemetryMetrics } from "../telemetryNames";
import type { Usecase } from "../usecase/loadUsecases";
import { refuseTooManyRows } from "./checkBodySize";
import type { LoadedModel, ModelLoader } from "./loader";
import { type RowWarnings, refuseInvalid, refusesInvalid, warningFields } from "./rowWarnings";

export interface ScorePorts {
  loader: ModelLoader;
  /** undefined when capture is switched off; gives a promise where the reply must wait until the record is written */
  capture?: { record(entry: CaptureEntry): Promise<void> | undefined };
  telemetry: Telemetry;
  usecases: Map<string, Usecase>;
  /** the model that requests without a name mean; AppError invalid_input with the list when there is no such one */
  defaultModel(): Promise<string>;
}

export interface ScoreRequest {
  model?: string;
  /** version number or alias from the pin header; without it the champion answers */
  pin?: string;
  /** JSON; as a function it is read once it is wanted, and may fail with what the caller is told */
  body: string | (() => Promise<string>);
  requestId: string;
}

export interface ScoreReply {
  status: number;
  /** JSON */
  body: string;
  headers: Record<string, string>;
}

/** Answers one request of the plain endpoint; success or not, it is captured and counted. */
export async function scoreRequest(ports: ScorePorts, request: ScoreRequest): Promise<ScoreReply> {
  const started = performance.now();
  const outcome: Outcome = { model: request.model ?? "unknown", version: 0, rows: 0, body: "" };
  try {
    outcome.body = typeof request.body === "string" ? request.body : await request.body();
    refuseTooManyRows(outcome.body);
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
    const { status, body, headers } = toProblem(thrown, request.requestId);
    if (!outcome.isRecorded) void record(ports, request, outcome, started, status, undefined, body);
    if (status === 500) throw thrown;
    return { status, body: JSON.stringify(body), headers: { ...jsonHeaders, ...headers } };
  }
}

interface Outcome {
  model: string;
  version: number;
  rows: number;
  body: string;
  /** the request is in the log already; what failed is its writing */
  isRecorded?: boolean;
  warnings?: RowWarnings;
}

/** seconds since the alias was read; only where that is longer than allowed, since storage did not answer in time */
const aliasAgeHeader = "x-tidegate-alias-age";
const jsonHeaders = { "content-type": "application/json" };

async function answer(
  ports: ScorePorts,
  request: ScoreRequest,
  outcome: Outcome,
  loaded: LoadedModel,
  started: number,
): Promise<ScoreReply> {
  const { version, signature } = loaded.version;
  outcome.version = version;
  const predictions = await loaded.runtime.predict(outcome.body, signature);
  const { rowCount, warnings } = predictions;
  outcome.warnings = warnings;
  if (warnings && refusesInvalid(ports.usecases, outcome.model)) refuseInvalid(warnings);
  outcome.rows = rowCount;
  const written = record(ports, request, outcome, started, 200, predictions.log);
  outcome.isRecorded = true;
  if (written) await written;
  return {
    status: 200,
    body: `{"model":"${outcome.model}","version":${version},"requestId":"${request.requestId}","predictions":${predictions.reply}${warnings ? warningText(warnings) : ""}}`,
    headers: headersOf(ports, outcome, loaded),
  };
}

function headersOf(
  ports: ScorePorts,
  { model, version }: Outcome,
  { aliasAgeMs }: LoadedModel,
): Record<string, string> {
  const headers = { "content-type": "application/json", "x-tidegate-version": String(version) };
  if (aliasAgeMs === undefined) return headers;
  const ageSeconds = aliasAgeMs / 1000;
  ports.telemetry.metric(telemetryMetrics.scoringByOldAlias, ageSeconds, { model, version });
  return { ...headers, [aliasAgeHeader]: String(Math.round(ageSeconds)) };
}

/** The warnings' fields as they follow others in a JSON object. */
function warningText(warnings: RowWarnings): string {
  return `,${JSON.stringify(warningFields(warnings)).slice(1, -1)}`;
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
    inputs: outcome.body,
    outputs,
    warnings: warnings?.counts,
    error: problem?.error,
  });
  ports.telemetry.metric(telemetryMetrics.scoringLatencyMs, latencyMs, { model, version, status });
  if (status !== 200) ports.telemetry.metric(telemetryMetrics.scoringFailures, 1, { model, version, status });
  for (const [code, count] of Object.entries(warnings?.counts ?? {}))
    ports.telemetry.metric(telemetryMetrics.scoringWarnings, count, { model, version, code });
  return written;
}
