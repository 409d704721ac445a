import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { inputFaults } from "../../shared/inputFaults";
import { jsonFault } from "../../shared/jsonFault";

const timeSpanPattern = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?$/;

/** A .NET time span (`hh:mm:ss` or `d.hh:mm:ss`) in milliseconds. */
const timeSpan = z
  .string()
  .regex(timeSpanPattern, "must be a time span such as 00:05:00")
  .transform((text) => {
    const [, days = "0", hours, minutes, seconds] = timeSpanPattern.exec(text)!;
    return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  });

// Only what this host honours is read; the rest of host.json is for the real host.
// https://learn.microsoft.com/azure/azure-functions/functions-host-json
const hostJson = z.object({
  version: z.literal("2.0"),
  functionTimeout: z.union([z.literal("-1").transform(() => Number.POSITIVE_INFINITY), timeSpan]).default(30 * 60_000),
  telemetryMode: z.string().optional(),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default("api") }).prefault({}),
      queues: z
        .object({
          batchSize: z.int().min(1).max(32).default(16),
          newBatchThreshold: z.int().min(0).optional(),
          maxDequeueCount: z.int().min(1).default(5),
          visibilityTimeout: timeSpan.default(0),
          maxPollingInterval: timeSpan.optional(),
          messageEncoding: z.enum(["base64", "none"]).default("base64"),
        })
        .prefault({}),
      blobs: z
        .object({
          maxDegreeOfParallelism: z.int().min(1).default(8),
          poisonBlobThreshold: z.int().min(1).default(5),
        })
        .prefault({}),
    })
    .prefault({}),
});

export type HostConfig = z.output<typeof hostJson>;
export type QueueConfig = HostConfig["extensions"]["queues"];

/** Reads and checks `host.json`; throws one sentence that names the file and the setting. */
export function readHostConfig(appDir: string): HostConfig {
  const file = path.join(appDir, "host.json");
  if (!existsSync(file)) throw new Error(`${file} is missing: a function app needs one, at least {"version": "2.0"}.`);
  return check(file, hostJson);
}

const localSettings = z.object({
  IsEncrypted: z.literal(false, "must be false: encrypted settings can be read only by the real tools").optional(),
  Values: z.record(z.string(), z.string("must be text, as every app setting is")).default({}),
});

/** The `Values` of `local.settings.json`, empty when there is no such file. */
export function readLocalSettings(appDir: string): Record<string, string> {
  const file = path.join(appDir, "local.settings.json");
  return existsSync(file) ? check(file, localSettings).Values : {};
}

function check<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  const text = readFileSync(file, "utf8");
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    const { line, column, message } = jsonFault(text);
    throw new Error(`${file} is not valid JSON, line ${line}, column ${column}: ${message}.`, { cause });
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = inputFaults(parsed.error.issues).map(({ path: at, message }) => `${at || "the file"}: ${message}`);
  throw new Error(`${file}: ${problems.join("; ")}.`);
}
