import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareProfiles } from "../../../shared/monitoring/drift";
import { driftSettings } from "../../../shared/monitoring/driftSettings";
import { type MonitorResult, MonitorStore, resultPlace } from "../../../shared/monitoring/monitorStore";
import { emptyProfile } from "../../../shared/monitoring/profile";
import { trainingProfile } from "../../../shared/monitoring/trainingProfile";
import type { TableRow } from "../../../shared/ports";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
let monitors: MonitorStore;
beforeAll(async () => {
  storage = await startStorage();
  monitors = new MonitorStore(storage.tables, storage.blobs);
});
afterAll(() => storage?.stop());

const training = trainingProfile({
  rowCount: 4,
  numbers: [{ name: "x", values: Float32Array.of(1, 2, 3, 4) }],
  categories: [],
});
const details = compareProfiles(training, emptyProfile(training.bins), driftSettings.parse({}));
const at = "2026-01-02T00:05:00.000Z";

const result = (model: string): MonitorResult => ({
  ...{ model, version: 1, signal: "input-drift", at, verdict: "insufficient_data", reason: "0 rows" },
  ...{
    windowStart: "2026-01-01T00:05:00.000Z",
    windowEnd: at,
    targetRows: 0,
    sentence: "Nothing yet.",
    findings: [],
    details,
  },
});
const key = resultPlace(result("x"));
const blobOf = (model: string) => `${model}/${key}.json`;
const readable = (one: unknown) => JSON.parse(JSON.stringify(one));

describe("a result of a monitor", () => {
  it("is read back as it was written", async () => {
    await monitors.save(result("kept"));
    expect(readable(await monitors.list("kept", { limit: 1 }))).toEqual([readable(result("kept"))]);
  });

  it("is read as earlier releases wrote it: without a form, and the first details without thresholds by chance", async () => {
    await monitors.save(result("early"));
    const row = await storage.tables.get("monitors", "early", `result:${key}`);
    const { form: _form, etag: _etag, ...older } = (row ?? expect.unreachable()) as TableRow;
    await storage.tables.transaction("monitors", [{ kind: "replace", row: older as TableRow }]);
    const first = {
      verdict: "drift",
      baseline: "training rows",
      settings: { enabled: true, windowHours: 24, minRows: 100, numericThreshold: 0.1 },
      features: [
        {
          ...{ feature: "x", statistic: "wasserstein1/sigma", value: 0.5, threshold: 0.1, verdict: "drift" },
          ...{ thresholdOrigin: "effect size", baselineRows: 4, targetRows: 200, baselineMissingShare: 0 },
          ...{ targetMissingShare: 0.2, baselineMean: 2.5, targetMean: 3 },
        },
      ],
    };
    await storage.blobs.write("monitors", blobOf("early"), JSON.stringify(first));
    expect(readable(await monitors.list("early", { limit: 1 }))).toEqual([
      { ...readable(result("early")), details: first },
    ]);
  });

  it("of a signal that this release does not have is read too", async () => {
    const later = { ...result("later"), signal: "other", details: { anything: [1] } };
    await monitors.save(later);
    expect(await monitors.list("later", { limit: 1 })).toEqual([later]);
  });

  it("that cannot be read is named with the field at fault: the details, the row, and details that are gone", async () => {
    await monitors.save(result("broken"));
    const [feature] = details.features;
    const wrong = { ...details, form: 1, features: [{ ...feature, verdict: "maybe" }] };
    await storage.blobs.write("monitors", blobOf("broken"), JSON.stringify(wrong));
    const fault = (message: string) => ({ code: "corrupt", message: expect.stringContaining(message) });
    await expect(monitors.list("broken", { limit: 1 })).rejects.toMatchObject(
      fault(`the stored document monitors/${blobOf("broken")} cannot be read: features.0.verdict: use one of`),
    );
    await storage.clients.blobs.getContainerClient("monitors").deleteBlob(blobOf("broken"));
    await expect(monitors.list("broken", { limit: 1 })).rejects.toMatchObject(
      fault(`the stored document monitors/${blobOf("broken")} is gone`),
    );
    const row = await storage.tables.get("monitors", "broken", `result:${key}`);
    const { etag: _etag, ...stored } = row ?? expect.unreachable();
    const spoilt = { ...stored, targetRows: "few" } as TableRow;
    await storage.tables.transaction("monitors", [{ kind: "replace", row: spoilt }]);
    await expect(monitors.list("broken", { limit: 1 })).rejects.toMatchObject(
      fault(`the row "result:${key}" of partition "broken" in table monitors cannot be read: targetRows: a number`),
    );
  });
});
