import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../shared/config";

const storage = { AzureWebJobsStorage: "UseDevelopmentStorage=true" };

describe("the configuration", () => {
  it("needs nothing but storage", () => {
    expect(readConfig(storage, "/app")).toMatchObject({
      storage: { kind: "connectionString", connectionString: "UseDevelopmentStorage=true" },
      usecasesFolder: "/app/models",
      capture: "buffered",
    });
  });

  it("never falls back to the emulator when storage is not set", () => {
    expect(() => readConfig({}, "/app")).toThrow(/no storage: set AzureWebJobsStorage/);
  });

  it("builds the service addresses from the account's name, for an identity instead of a key", () => {
    expect(readConfig({ AzureWebJobsStorage__accountName: "acme" }, "/app").storage).toEqual({
      kind: "identity",
      blobUrl: "https://acme.blob.core.windows.net",
      queueUrl: "https://acme.queue.core.windows.net",
      tableUrl: "https://acme.table.core.windows.net",
      clientId: undefined,
    });
  });

  it("names every setting that is wrong, with its reason", () => {
    const bad = { ...storage, TIDEGATE_TRAINING_THREADS: "many", TIDEGATE_CAPTURE: "perhaps" };
    expect(() => readConfig(bad, "/app")).toThrow(
      /TIDEGATE_CAPTURE: .*TIDEGATE_TRAINING_THREADS: |TIDEGATE_TRAINING_THREADS: .*TIDEGATE_CAPTURE: /,
    );
  });

  it("tells the commit that the app was packaged from, unless a setting names another", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tidegate-config-"));
    writeFileSync(path.join(folder, "package.json"), '{"codeRevision":"0a1b2c"}');
    expect(readConfig(storage, folder).codeRevision).toBe("0a1b2c");
    expect(readConfig({ ...storage, TIDEGATE_CODE_REVISION: "mine" }, folder).codeRevision).toBe("mine");
    rmSync(folder, { recursive: true });
    expect(readConfig(storage, folder).codeRevision).toBe("unknown");
  });

  it.each([
    ["true", "buffered"],
    ["1", "buffered"],
    ["false", "off"],
    ["0", "off"],
    ["durable", "durable"],
  ])("captures as TIDEGATE_CAPTURE=%s says: %s", (text, capture) => {
    expect(readConfig({ ...storage, TIDEGATE_CAPTURE: text }, "/app").capture).toBe(capture);
  });

  it("reads an empty setting as not set", () => {
    expect(readConfig({ ...storage, TIDEGATE_DEFAULT_MODEL: "" }, "/app").defaultModel).toBeUndefined();
  });
});
