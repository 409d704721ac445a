import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { createSpanCleaner, sampleRateAttribute } from "../../../shared/azure/telemetrySpans";

const cleaner = createSpanCleaner();
type Started = Parameters<typeof cleaner.onStart>[0];
type Ended = Parameters<typeof cleaner.onEnd>[0];

/** What is left of a span's attributes and events once it has ended. */
function cleaned(attributes: Record<string, string>, events: object[] = []) {
  const span = { attributes: { ...attributes }, events };
  cleaner.onEnd(span as unknown as Ended);
  return span;
}

describe("the span cleaner", () => {
  it("cuts the query, with keys and signatures, from every address", () => {
    const url = "https://account.blob.core.windows.net/models/a.onnx";
    const { attributes } = cleaned({
      "http.url": `${url}?sv=2026-01-01&sig=abc`,
      "url.full": `${url}?code=key#part`,
      "http.target": "/models/a.onnx?\ncode=key",
      "url.query": "code=key",
      "http.method": "GET",
    });
    expect(attributes).toEqual({
      "http.url": url,
      "url.full": url,
      "http.target": "/models/a.onnx",
      "http.method": "GET",
    });
  });

  it("drops the exceptions of storage calls and keeps those of requests", () => {
    expect(cleaned({ "az.namespace": "Microsoft.Storage" }, [{ name: "exception" }]).events).toEqual([]);
    expect(cleaned({}, [{ name: "exception" }]).events).toHaveLength(1);
  });

  it("hands the sample rate of a request down to what it calls", () => {
    const given: Record<string, unknown> = {};
    const child = { setAttribute: (name: string, value: unknown) => Object.assign(given, { [name]: value }) };
    const parent = { attributes: { [sampleRateAttribute]: 12.5 } };
    cleaner.onStart(child as unknown as Started, trace.setSpan(ROOT_CONTEXT, parent as never));
    expect(given).toEqual({ [sampleRateAttribute]: 12.5 });
  });

  it("leaves spans without a recorded parent at full weight", () => {
    const child = { setAttribute: () => expect.unreachable() };
    cleaner.onStart(child as unknown as Started, ROOT_CONTEXT);
  });
});
