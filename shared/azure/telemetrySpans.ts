import { trace } from "@opentelemetry/api";
import type { useAzureMonitor } from "applicationinsights";

type Options = NonNullable<Parameters<typeof useAzureMonitor>[0]>;
type SpanProcessor = NonNullable<Options["spanProcessors"]>[number];
type Attributes = Parameters<SpanProcessor["onEnd"]>[0]["attributes"];

/** Read by the exporter as the envelope's sampleRate (percent); the portal counts each item 100 / rate times. */
export const sampleRateAttribute = "microsoft.sample_rate";
const urlAttributes = ["http.url", "url.full", "http.target"];

/**
 * Gives every span the sample rate of its parent, and takes from storage calls what must not leave: query strings
 * (keys, signatures) and error messages. A call that failed still says so by its result code; "already there" and "not
 * there" are ordinary answers for this app, and would otherwise each be listed as an exception.
 */
export function createSpanCleaner(): SpanProcessor {
  return {
    onStart(span, parentContext) {
      const parent = trace.getSpan(parentContext) as { attributes?: Attributes } | undefined;
      const rate = parent?.attributes?.[sampleRateAttribute];
      if (rate !== undefined) span.setAttribute(sampleRateAttribute, rate);
    },
    // the batch processor comes after this one and exports the same objects
    onEnd(span) {
      const attributes = span.attributes as Record<string, unknown>;
      delete attributes["url.query"];
      for (const name of urlAttributes)
        if (typeof attributes[name] === "string") attributes[name] = attributes[name].replace(/[?#].*$/s, "");
      if (attributes["az.namespace"] !== undefined) span.events.length = 0;
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
