import {
  type Context,
  context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import type { Invocation } from "../ports";
import { AdaptiveSampler } from "./adaptiveSampler";
import { sampleRateAttribute } from "./telemetrySpans";

/** The SDK's own key (suppressTracing in @opentelemetry/core): no span starts below a context that has it. */
const suppressed = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
const failureStatus = 500;

/**
 * Records function invocations as requests: each up to a number per second, above it a share of them with its rate,
 * failures always.
 */
export class RequestRecorder {
  private readonly tracer;
  private readonly sampler: AdaptiveSampler;

  constructor(
    scope: string,
    private readonly enabled: boolean,
    fullPerSecond: number,
  ) {
    this.tracer = trace.getTracer(scope);
    this.sampler = new AdaptiveSampler(fullPerSecond);
  }

  /** Runs `work`; what it does is correlated with the request, or with the host's where the host records requests. */
  record<T>(invocation: Invocation, work: () => Promise<T>): Promise<T> {
    const parent = parentContext(invocation.traceParent);
    if (!this.enabled) return context.with(parent, work);
    const rate = invocation.http ? this.sampler.rateNow(performance.now()) : 1;
    if (rate < 1 && Math.random() >= rate) return this.unsampled(invocation, parent, work);
    const span = this.start(invocation, parent, rate);
    return context.with(trace.setSpan(parent, span), () => finishing(span, invocation, work));
  }

  private start(
    { functionName, invocationId, http }: Invocation,
    parent: Context,
    rate: number,
    startTime?: number,
  ): Span {
    const attributes = {
      "faas.name": functionName,
      "faas.invocation_id": invocationId,
      "faas.trigger": http ? "http" : "other",
      ...(http && { "http.request.method": http.method, "http.route": `/${http.route}` }),
      ...(rate < 1 && { [sampleRateAttribute]: rate * 100 }),
    };
    return this.tracer.startSpan(functionName, { kind: SpanKind.SERVER, attributes, startTime }, parent);
  }

  /** Costs a clock read and a context unless it fails: a failure is recorded in any case, afterwards. */
  private async unsampled<T>(invocation: Invocation, parent: Context, work: () => Promise<T>): Promise<T> {
    const startedMs = Date.now();
    const late = () => this.start(invocation, parent, 1, startedMs);
    try {
      // the trace stays, so that an event tells which operation it belongs to
      const result = await context.with(parent.setValue(suppressed, true), work);
      if (statusOf(result) >= failureStatus) endAnswered(late(), invocation, statusOf(result));
      return result;
    } catch (error) {
      if (thrownStatus(invocation, error) >= failureStatus) endThrown(late(), invocation, error);
      throw error;
    }
  }
}

async function finishing<T>(span: Span, invocation: Invocation, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    endAnswered(span, invocation, statusOf(result));
    return result;
  } catch (error) {
    endThrown(span, invocation, error);
    throw error;
  }
}

function endAnswered(span: Span, { http }: Invocation, status: number): void {
  if (http) span.setAttribute("http.response.status_code", status);
  if (status >= failureStatus) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    // all failures are recorded, so each stands for itself, whatever the rate was
    span.setAttribute(sampleRateAttribute, 100);
  }
  span.end();
}

/** Records the exception's kind and stack without its message, which may quote what a caller sent. */
function endThrown(span: Span, invocation: Invocation, error: unknown): void {
  const status = thrownStatus(invocation, error);
  if (status >= failureStatus) {
    const name = error instanceof Error ? error.name : "Error";
    span.recordException({ name, message: name, stack: `${name}\n${framesOf(error)}` });
  }
  endAnswered(span, invocation, status);
}

function framesOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const stack = error.stack ?? "";
  const messageAt = stack.indexOf(error.message);
  const frames = messageAt < 0 ? stack : stack.slice(messageAt + error.message.length);
  // a message changed after the throw is still at the head of the stack
  return frames
    .split("\n")
    .filter((line) => /^\s+at .*[:)]/.test(line))
    .join("\n");
}

/** What an HTTP caller is told of `error`; work that no caller waits for has failed, whatever it threw. */
function thrownStatus({ http }: Invocation, error: unknown): number {
  const status = (error as { status?: unknown } | undefined)?.status;
  return http && typeof status === "number" ? status : failureStatus;
}

function statusOf(result: unknown): number {
  const status = (result as { status?: unknown } | undefined)?.status;
  return typeof status === "number" ? status : 200;
}

const traceParentShape = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

function parentContext(traceParent?: string): Context {
  const match = traceParent === undefined ? null : traceParentShape.exec(traceParent);
  if (match === null) return ROOT_CONTEXT;
  const [, traceId, spanId] = match;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
}
