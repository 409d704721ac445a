import type { ReceivedMessageItem } from "@azure/storage-queue";
import type { RpcData } from "./protocol";

type Metadata = Record<string, RpcData>;

// What .NET writes for DateTimeOffset.MaxValue: what the real host gives for a time it does not know.
const endOfTime = "9999-12-31T23:59:59.9999999+00:00";
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * What a function learns about a message beside its text: what storage says of it, then the message's own properties
 * when it is a JSON object; on the same name, in any case, the message's own wins. `message` is empty for a run by
 * hand. Names, order and types are those of QueueTriggerBinding.cs (https://github.com/Azure/azure-sdk-for-net); the
 * real host's "sys" never leaves it (ScriptInvocationContextExtensions.cs of
 * https://github.com/Azure/azure-functions-host).
 */
export function queueMetadata(text: string, message: Partial<ReceivedMessageItem>, now: Date): Metadata {
  const { dequeueCount = 0, expiresOn, messageId, insertedOn = now, nextVisibleOn, popReceipt } = message;
  const facts: Metadata = {
    QueueTrigger: { string: text },
    DequeueCount: { json: String(dequeueCount) },
    ExpirationTime: time(expiresOn),
    ...(messageId !== undefined && { Id: { string: messageId } }),
    InsertionTime: time(insertedOn),
    NextVisibleTime: time(nextVisibleOn),
    ...(popReceipt !== undefined && { PopReceipt: { string: popReceipt } }),
  };
  return override(facts, jsonProperties(text));
}

/** `facts` with `values` in the place of those of the same name, in any case; new names come last. */
export function override(facts: Metadata, values: [name: string, value: RpcData][]): Metadata {
  const entries = new Map(Object.entries(facts).map((entry) => [entry[0].toLowerCase(), entry]));
  for (const [name, value] of values) {
    const key = name.toLowerCase();
    entries.set(key, [entries.get(key)?.[0] ?? name, value]);
  }
  return Object.fromEntries(entries.values());
}

/** A time as .NET writes it into JSON: with an offset, and without a fraction that is zero. */
function time(date: Date | undefined): RpcData {
  return { json: JSON.stringify(date ? date.toISOString().replace(/\.?0*Z$/, "+00:00") : endOfTime) };
}

/** The properties of a JSON object as the real host hands them on (ApplyBindingData in Utility.cs of the host). */
function jsonProperties(text: string): [string, RpcData][] {
  if (!/^\s*\{.*\}\s*$/s.test(text)) return [];
  try {
    return Object.entries(JSON.parse(text) as object).flatMap(([name, value]): [string, RpcData][] => {
      if (value === null || Array.isArray(value)) return [];
      return [[name, typeof value === "object" ? { json: JSON.stringify(value) } : { string: dotnetText(value) }]];
    });
  } catch {
    // Text that only looks like JSON has no properties; the function gets it as text.
    return [];
  }
}

/** A value of JSON as .NET turns it into text: True and False, and a time in the invariant culture's form. */
function dotnetText(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  const text = String(value);
  const found = typeof value === "string" ? isoTime.exec(text) : null;
  if (!found) return text;
  const date = new Date(found[1] ? text : `${text}Z`);
  if (Number.isNaN(date.getTime())) return text;
  const [year, month, day] = date.toISOString().slice(0, 10).split("-");
  return `${month}/${day}/${year} ${date.toISOString().slice(11, 19)}`;
}
