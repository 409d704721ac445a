import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bareEnvironment, readConfig } from "../../shared/config";

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

  it("gives no key to processes that work on what others sent", () => {
    process.env.AzureWebJobsStorage = "a key";
    process.env.TIDEGATE_SECRET = "another";
    expect(Object.values(bareEnvironment())).not.toContain("a key");
    expect(Object.keys(bareEnvironment()).filter((name) => /^(Azure|TIDEGATE|APPLICATION)/.test(name))).toEqual([]);
    expect(bareEnvironment().PATH).toBe(process.env.PATH);
    delete process.env.AzureWebJobsStorage;
    delete process.env.TIDEGATE_SECRET;
  });

  it("reads an empty setting as not set", () => {
    expect(readConfig({ ...storage, TIDEGATE_DEFAULT_MODEL: "" }, "/app").defaultModel).toBeUndefined();
  });

  it("names the instance as the platform does on each of its plans, and keeps long names apart", () => {
    const name = (env: object) => readConfig({ ...storage, ...env }, "/app").instance;
    expect(name({})).toBe(`local-${process.pid}`);
    expect(name({ WEBSITE_INSTANCE_ID: "a1b2" })).toBe("a1b2");
    expect(name({ CONTAINER_NAME: "C-1", WEBSITE_INSTANCE_ID: "same-everywhere" })).toBe("C-1");
    expect(name({ WEBSITE_POD_NAME: "pod_7", CONTAINER_NAME: "C-1" })).toBe("pod-7");
    const long = ["1", "2"].map((end) => name({ WEBSITE_POD_NAME: `${"0123456789".repeat(6)}/${end}` }));
    expect(new Set(long).size).toBe(2);
    expect(long.map(({ length }) => length)).toEqual([24, 24]);
    expect(long.join()).toMatch(/^[\w,-]+$/);
  });

  it("takes one of two sources for dropped files", () => {
    expect(readConfig(storage, "/app").blobSource).toBe("LogsAndContainerScan");
    expect(readConfig({ ...storage, TIDEGATE_BLOB_SOURCE: "EventGrid" }, "/app").blobSource).toBe("EventGrid");
    expect(() => readConfig({ ...storage, TIDEGATE_BLOB_SOURCE: "eventgrid" }, "/app")).toThrow(
      /TIDEGATE_BLOB_SOURCE: .*LogsAndContainerScan/,
    );
  });
});
