import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readHostConfig, readLocalSettings } from "../../../../tools/host/hostConfig";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "host-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: unknown) =>
  writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));

// https://learn.microsoft.com/azure/azure-functions/functions-host-json
describe("host.json", () => {
  test("has the real host's defaults", () => {
    write("host.json", { version: "2.0" });
    expect(readHostConfig(folder)).toMatchObject({
      functionTimeout: 30 * 60_000,
      extensions: {
        http: { routePrefix: "api" },
        queues: { batchSize: 16, maxDequeueCount: 5, visibilityTimeout: 0, messageEncoding: "base64" },
        blobs: { poisonBlobThreshold: 5 },
      },
    });
  });

  test("reads time spans, and -1 as no timeout", () => {
    write("host.json", { version: "2.0", functionTimeout: "1.02:03:04" });
    expect(readHostConfig(folder).functionTimeout).toBe((((24 + 2) * 60 + 3) * 60 + 4) * 1000);
    write("host.json", { version: "2.0", functionTimeout: "-1" });
    expect(readHostConfig(folder).functionTimeout).toBe(Number.POSITIVE_INFINITY);
  });

  test.each<[string, unknown, RegExp]>([
    ["is missing", undefined, /host\.json is missing/],
    ["is not JSON", "{", /host\.json is not valid JSON, line 1, column 2/],
    ["has a bad time span", { version: "2.0", functionTimeout: "5m" }, /functionTimeout/],
    ["has a bad batch size", { version: "2.0", extensions: { queues: { batchSize: 33 } } }, /queues\.batchSize/],
  ])("that %s stops the start with file and setting", (_what, content, reason) => {
    if (content !== undefined) write("host.json", content);
    expect(() => readHostConfig(folder)).toThrow(reason);
  });
});

describe("local.settings.json", () => {
  test("gives its Values, or nothing when it is missing", () => {
    expect(readLocalSettings(folder)).toEqual({});
    write("local.settings.json", { IsEncrypted: false, Values: { A: "1" } });
    expect(readLocalSettings(folder)).toEqual({ A: "1" });
  });

  test("with encrypted settings or a value that is not text is refused", () => {
    write("local.settings.json", { IsEncrypted: true, Values: {} });
    expect(() => readLocalSettings(folder)).toThrow(/IsEncrypted/);
    write("local.settings.json", { Values: { A: 1 } });
    expect(() => readLocalSettings(folder)).toThrow(/Values\.A/);
  });
});
