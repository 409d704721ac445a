import { metrics } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import type { Invocation, Telemetry, TelemetryAttributes } from "../ports";
import { FlushGate } from "./telemetryFlush";
import { RequestRecorder } from "./telemetryRequests";
import { createSpanCleaner } from "./telemetrySpans";

export interface TelemetrySettings {
  /** Application Insights connection string; without it (and without ingestionUrl) nothing is sent */
  connectionString?: string;
  /** a local stand-in for the ingestion endpoint, http allowed */
  ingestionUrl?: string;
  /** whether this process records requests; false where the Functions host records them */
  recordRequests: boolean;
  /** HTTP requests per second that are recorded in full (default 20); above it a share of them, with its rate */
  fullRequestsPerSecond?: number;
}

const scope = "tidegate";
const defaultFullRequestsPerSecond = 20;
/** a receiver that is slower than this must not hold up the work: the SDK goes on trying by itself */
const flushLimitMs = 3_000;
const noConnection = "00000000-0000-0000-0000-000000000000";

type Sdk = typeof import("applicationinsights");

/** Starts telemetry, once and before anything that it should see; without a receiver the SDK is not even loaded. */
export function startTelemetry(settings: TelemetrySettings): Telemetry {
  if (settings.connectionString === undefined && settings.ingestionUrl === undefined) {
    console.log("telemetry: APPLICATIONINSIGHTS_CONNECTION_STRING is not set, nothing is sent");
    return silentTelemetry;
  }
  const sdk = startSdk(settings);
  return new AzureTelemetry(settings, sdk);
}

const silentTelemetry: Telemetry = {
  event: () => {},
  metric: () => {},
  invocation: (_invocation, work) => work(),
  flush: async () => {},
};

function startSdk({ connectionString, ingestionUrl }: TelemetrySettings): Sdk {
  // loaded here and not above: it takes most of a second, which nobody should wait for who does not use it
  const sdk = require("applicationinsights") as Sdk;
  sdk.useAzureMonitor({
    azureMonitorExporterOptions: {
      connectionString: connectionString ?? `InstrumentationKey=${noConnection}`,
      // an http address in a connection string would be rewritten to https
      ...(ingestionUrl && { host: ingestionUrl, allowInsecureConnection: true, disableOfflineStorage: true }),
    },
    // requests are sampled here, by AdaptiveSampler; the SDK's default would drop all but five traces per second
    tracesPerSecond: 0,
    samplingRatio: 1,
    // events are records of what happened and must never be sampled away with a trace
    enableTraceBasedSamplingForLogs: false,
    // they would count recorded requests only; without them the service counts each item by its sample rate
    enableStandardMetrics: false,
    enableLiveMetrics: false,
    enablePerformanceCounters: false,
    // would send messages, which may quote a caller's data, and keep a process alive after an unhandled rejection
    enableAutoCollectExceptions: false,
    spanProcessors: [createSpanCleaner()],
    instrumentationOptions: {
      azureSdk: { enabled: true },
      // incoming requests are ours or the host's to record, and outgoing ones are seen by the SDK's instrumentation
      http: { enabled: false },
    },
  });
  return sdk;
}

class AzureTelemetry implements Telemetry {
  private readonly logger = logs.getLogger(scope);
  private readonly meter = metrics.getMeter(scope);
  private readonly histograms = new Map<string, ReturnType<typeof this.meter.createHistogram>>();
  private readonly requests: RequestRecorder;
  private readonly gate: FlushGate;

  constructor(settings: TelemetrySettings, sdk: Sdk) {
    const perSecond = settings.fullRequestsPerSecond ?? defaultFullRequestsPerSecond;
    this.requests = new RequestRecorder(scope, settings.recordRequests, perSecond);
    this.gate = new FlushGate(() => sdk.flushAzureMonitor(), flushLimitMs);
  }

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
    return this.requests.record(invocation, work);
  }

  flush(): Promise<void> {
    return this.gate.flush();
  }
}
