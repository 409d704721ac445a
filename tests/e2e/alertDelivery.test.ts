import { readFileSync } from "node:fs";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IngestionStub } from "../support/ingestionStub";
import { MailServer } from "../support/mailServer";
import { RunningTidegate } from "../support/runningTidegate";

const limitMs = 60_000;
const models = ["m-1", "m-2", "m-3", "m-4", "m-5"];
/** the files that were taken away */
const gone = new Map<string, Buffer>();
const login = { user: "tidegate", password: "p:a/ss?word" };

let mail: MailServer;
let stub: IngestionStub;
let tidegate: RunningTidegate;

/** The app as it runs everywhere, with its schedules as they are, and a mail server beside it. */
beforeAll(async () => {
  [mail, stub] = await Promise.all([MailServer.start({ login }), new IngestionStub().start()]);
  tidegate = await RunningTidegate.start(["--no-demo"], {
    env: {
      TIDEGATE_SMTP_URL: mail.url,
      TIDEGATE_ALERT_EMAIL_FROM: "gate@example.org",
      TIDEGATE_ALERT_EMAIL_TO: "ops@example.org",
      TIDEGATE_INGESTION_URL: stub.url,
      APPLICATION_INSIGHTS_NO_STATSBEAT: "1",
    },
  });
});
afterAll(async () => {
  await tidegate?.stop();
  await mail?.stop();
  stub?.stop();
});

const score = (model: string) =>
  tidegate.call(
    "POST",
    `/score/${model}?code=${tidegate.info.functionKey}`,
    { data: [[1, 2]] },
    { "x-tidegate-version": "1" },
  );
const mailAbout = (model: string) => mail.mailbox.find(({ subject }) => subject?.includes(` ${model}: `));

describe.sequential("a model file that is gone", () => {
  it(`is told by mail within ${limitMs / 1000} s of the first request that misses it`, async () => {
    const container = BlobServiceClient.fromConnectionString(tidegate.info.storage).getContainerClient("models");
    const graph = readFileSync("tests/fixtures/recordedState/scores.onnx");
    const description = { output: "logits", classes: ["red", "green", "blue"], features: ["x", "y"] };
    const tookMs: number[] = [];
    for (const model of models) {
      await tidegate.drop("models-inbox", `${model}/linear.json`, JSON.stringify(description));
      await tidegate.drop("models-inbox", `${model}/linear.onnx`, graph);
      await tidegate.until(`/models/${model}/versions/1`, (version) => version);
      const { json } = await tidegate.call("GET", `/models/${model}/versions/1`);
      const name = `${model}/sha256/${json.sha256}.onnx`;
      gone.set(name, await tidegate.download("models", name));
      await container.deleteBlob(name);
      const started = performance.now();
      expect(await score(model)).toMatchObject({ status: 503, json: { code: "file_not_found" } });
      await expect.poll(() => mailAbout(model), { timeout: limitMs, interval: 20 }).toBeDefined();
      tookMs.push(performance.now() - started);
    }
    const p95 = tookMs.toSorted((a, b) => a - b)[Math.ceil(0.95 * tookMs.length) - 1];
    console.log(`from the error event to the mailbox: p95 ${Math.round(p95)} ms of ${tookMs.length} alerts`);
    expect(p95).toBeLessThanOrEqual(limitMs);
  });

  it("is named in the mail, in the custom event and in the log of deliveries", async () => {
    const [model] = models;
    const message = mailAbout(model);
    expect(message).toMatchObject({ user: login.user, recipients: ["ops@example.org"] });
    expect(message?.text).toContain(`models/${model}/sha256/`);
    const id = String(message?.text).match(/\/alerts\/(\S+)/)?.[1];
    const { json } = await tidegate.call("GET", `/alerts/${id}/deliveries`);
    expect(json.deliveries).toEqual([
      expect.objectContaining({ channel: "email", address: "ops@example.org", event: "opened", status: "delivered" }),
    ]);
    const sent = () => stub.of("EventData").find(({ data }) => data.baseData.name === "FileNotFound");
    await expect.poll(sent, { timeout: limitMs }).toBeDefined();
    expect(sent().data.baseData).toMatchObject({
      properties: { model: expect.any(String), error_message: expect.stringContaining("is missing in storage") },
      measurements: { ErrorCode: 101 },
    });
    expect(stub.raw + (await tidegate.log())).not.toContain(login.password);
  });

  it("is told to be over once it is back", async () => {
    const [model] = models;
    for (const [name, bytes] of gone) await tidegate.drop("models", name, bytes);
    await expect.poll(async () => (await score(model)).status, { timeout: limitMs }).toBe(200);
    const over = () => mail.mailbox.find(({ subject }) => subject?.startsWith(`Resolved: ${model}: `));
    await expect.poll(over, { timeout: limitMs }).toBeDefined();
  });
});
