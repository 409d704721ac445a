import {
  type Context,
  context,
  metrics,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import type { Invocation, Telemetry, TelemetryAttributes } from "../ports";
import { AdaptiveSampler } from "./adaptiveSampler";

export interface TelemetrySettings {
  /** Application Insights connection string; without it (and without ingestionUrl) nothing is sent */
  connectionString?: string;
  /** a local stand-in for the ingestion endpoint, http allowed */
  ingestionUrl?: string;
  /** whether this process records requests; false where the Functions host records them */
  recordRequests: boolean;
}

const scope = "tidegate";
/** HTTP requests a second that are recorded in full; above it a share of them, with its rate, so that counts stay right */
const fullRequestsPerSecond = 20;
const noConnection = "00000000-0000-0000-0000-000000000000";

/** Starts telemetry, once and before anything that it should see; without a receiver the SDK is not even loaded. */
export function startTelemetry(settings: TelemetrySettings): Telemetry {
  if (settings.connectionString === undefined && settings.ingestionUrl === undefined) {
    console.log("telemetry: APPLICATIONINSIGHTS_CONNECTION_STRING is not set, nothing is sent");
    return silentTelemetry;
  }
  const sdk = startSdk(settings);
  return new AzureTelemetry(settings.recordRequests, sdk.flushAzureMonitor);
}

const silentTelemetry: Telemetry = {
  event: () => {},
  metric: () => {},
  invocation: (_invocation, work) => work(),
  flush: async () => {},
};

function startSdk({ connectionString, ingestionUrl }: TelemetrySettings) {
  // loaded here and not above: it takes most of a second, which nobody should wait for who does not use it
  const sdk = require("applicationinsights") as typeof import("applicationinsights");
  sdk.useAzureMonitor({
    azureMonitorExporterOptions: {
      connectionString: connectionString ?? `InstrumentationKey=${noConnection}`,
      // an http address in a connection string would be rewritten to https
      ...(ingestionUrl && { host: ingestionUrl, allowInsecureConnection: true, disableOfflineStorage: true }),
    },
    // requests are sampled here, by AdaptiveSampler; the SDK's default would drop all but five traces a second
    tracesPerSecond: 0,
    samplingRatio: 1,
    // events are records of what happened and must never be sampled away with a trace
    enableTraceBasedSamplingForLogs: false,
    enableLiveMetrics: false,
    enablePerformanceCounters: false,
    instrumentationOptions: {
      azureSdk: { enabled: true },
      // incoming requests are ours or the host's to record, and outgoing ones are seen by the SDK's instrumentation
      http: { enabled: false },
    },
  });
  return sdk;
}

class AzureTelemetry implements Telemetry {
  private readonly tracer = trace.getTracer(scope);
  private readonly logger = logs.getLogger(scope);
  private readonly meter = metrics.getMeter(scope);
  private readonly histograms = new Map<string, ReturnType<typeof this.meter.createHistogram>>();
  private readonly sampler = new AdaptiveSampler(fullRequestsPerSecond);

  constructor(
    private readonly recordRequests: boolean,
    private readonly flushSdk: () => Promise<void>,
  ) {}

  event(name: string, attributes: TelemetryAttributes = {}, measurements: Record<string, number> = {}): void {
    this.logger.emit({
      attributes: {
        "microsoft.custom_event.name": name,
        ...attributes,
        ...(Object.keys(measurements).length > 0 && { "microsoft.custom_measurements": JSON.stringify(measurements) }),
      },
    });
  }

  metric(name: string, value: number, attributes?: TelemetryAttributes): void {
    let histogram = this.histograms.get(name);
    if (histogram === undefined) {
      histogram = this.meter.createHistogram(name);
      this.histograms.set(name, histogram);
    }
    histogram.record(value, attributes);
  }

  invocation<T>(invocation: Invocation, work: () => Promise<T>): Promise<T> {
    const parent = parentContext(invocation.traceParent);
    if (!this.recordRequests) return context.with(parent, work);
    const rate = invocation.http ? this.sampler.rateNow(performance.now()) : 1;
    if (rate < 1 && Math.random() >= rate) return this.unsampled(invocation, parent, work);
    const span = this.start(invocation, parent, rate);
    return context.with(trace.setSpan(parent, span), () => finishing(span, work));
  }

  flush(): Promise<void> {
    return this.flushSdk();
  }

  private start(
    { functionName, invocationId, http }: Invocation,
    parent: Context,
    rate: number,
    startTime?: Date,
  ): Span {
    const attributes = {
      "faas.name": functionName,
      "faas.invocation_id": invocationId,
      "faas.trigger": http ? "http" : "other",
      ...(http && { "http.request.method": http.method, "http.route": `/${http.route}` }),
    };
    const span = this.tracer.startSpan(functionName, { kind: SpanKind.SERVER, attributes, startTime }, parent);
    span.setAttribute("_MS.sampleRate", rate * 100); // counts in the portal are multiplied by 100 / rate
    return span;
  }

  /** Costs two clock reads unless it fails: a failure is recorded in any case, afterwards. */
  private async unsampled<T>(invocation: Invocation, parent: Context, work: () => Promise<T>): Promise<T> {
    const started = Date.now();
    const record = (end: (span: Span) => void) => end(this.start(invocation, parent, 1, new Date(started)));
    try {
      const result = await context.with(unrecorded, work);
      if (statusOf(result) >= 500) record((span) => endWith(span, result));
      return result;
    } catch (error) {
      record((span) => endFailed(span, error));
      throw error;
    }
  }
}

/** Spans below this context are not recorded: their parent was sampled out. */
const unrecorded = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: "00000000000000000000000000000001",
  spanId: "0000000000000001",
  traceFlags: TraceFlags.NONE,
});

async function finishing<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    endWith(span, result);
    return result;
  } catch (error) {
    endFailed(span, error);
    throw error;
  }
}

function endWith(span: Span, result: unknown): void {
  const status = statusOf(result);
  span.setAttribute("http.response.status_code", status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** The exception's kind and stack, without its message: messages may quote what a caller sent. */
function endFailed(span: Span, error: unknown): void {
  const name = error instanceof Error ? error.name : "Error";
  span.recordException({
    name,
    message: name,
    stack: error instanceof Error ? error.stack?.replace(error.message, "") : undefined,
  });
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function statusOf(result: unknown): number {
  const status = (result as { status?: number } | undefined)?.status;
  return typeof status === "number" ? status : 200;
}

const traceParentShape = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

function parentContext(traceParent?: string): Context {
  const match = traceParent === undefined ? null : traceParentShape.exec(traceParent);
  if (match === null) return ROOT_CONTEXT;
  const [, traceId, spanId] = match;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
}
