import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Azurite, startAzurite } from "../../support/azurite";
import { IngestionStub } from "../../support/ingestionStub";

const secret = "Zanzibar-7391";
const callerTrace = "0af7651916cd43dd8448eb211c80319c";
const callerSpan = "b7ad6b7169203331";
let azurite: Azurite;
let stub: IngestionStub;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => {
  stub?.stop();
  await azurite?.stop();
});

/**
 * Plays a scenario of app/main.js against a fresh stub, in a process that must end by itself; returns what it printed.
 */
async function play(scenario: string, settings: object = {}, silent = false) {
  stub?.stop();
  stub = await new IngestionStub().start();
  stub.silent = silent;
  const started = { ingestionUrl: stub.url, recordRequests: true, ...settings };
  const script = path.join(__dirname, "app/main.js");
  const args = [script, scenario, JSON.stringify(started), azurite.connectionString, secret];
  const env = { ...process.env, APPLICATION_INSIGHTS_NO_STATSBEAT: "1", OTEL_SERVICE_NAME: "tidegate-test" };
  return promisify(execFile)(process.execPath, args, { env });
}

const operation = ({ tags }: { tags: Record<string, string> }) => tags["ai.operation.id"];
const parent = ({ tags }: { tags: Record<string, string> }) => tags["ai.operation.parentId"];
const request = (name: string) => stub.of("RequestData").find(({ data }) => data.baseData.name === name);
const weight = (envelopes: { sampleRate: number }[]) =>
  envelopes.reduce((sum, { sampleRate }) => sum + 100 / sampleRate, 0);

describe("what reaches Application Insights", () => {
  beforeAll(async () => {
    await play("everything");
  });

  it("names a request, its status and duration, and continues the caller's trace", () => {
    const score = request("POST /score/{model?}");
    expect(score.data.baseData).toMatchObject({ success: true, responseCode: "200" });
    expect(score.data.baseData.duration).toMatch(/^00:00:\d\d\.\d+$/);
    expect(score.data.baseData.properties).toMatchObject({ "faas.invocation_id": "i-1" });
    expect([operation(score), parent(score)]).toEqual([callerTrace, callerSpan]);
    expect(score.tags["ai.cloud.role"]).toBe("tidegate-test");
    expect(stub.of("RequestData")).toHaveLength(4);
    expect(stub.refused).toEqual([]);
  });

  it("records storage calls as dependencies below their request, with no exceptions for ordinary refusals", () => {
    const score = request("POST /score/{model?}");
    const calls = stub.of("RemoteDependencyData").filter((call) => operation(call) === callerTrace);
    const ids = new Set([score, ...calls].map(({ data }) => data.baseData.id));
    expect(calls.every((call) => ids.has(parent(call)))).toBe(true);
    const sent = calls.filter(({ data }) => data.baseData.type === "Http").map(({ data }) => data.baseData);
    expect(sent).toContainEqual(expect.objectContaining({ name: expect.stringMatching(/^PUT .*\/telemetry\/kept$/) }));
    expect(sent.map(({ resultCode }) => resultCode)).toEqual(expect.arrayContaining(["201", "409", "404", "200"]));
    expect(stub.of("ExceptionData")).toHaveLength(1);
  });

  it("sends an event as a custom event of the same operation, with its numbers as measurements", () => {
    const [event] = stub.of("EventData");
    expect(event.data.baseData).toMatchObject({
      name: "dataset.registered",
      properties: { usecase: "coffee" },
      measurements: { rowCount: 3 },
    });
    expect([operation(event), parent(event)]).toEqual([callerTrace, request("POST /score/{model?}").data.baseData.id]);
  });

  it("sends a metric as one series with its count, sum and extremes", () => {
    const metric = stub.of("MetricData").find(({ data }) => data.baseData.metrics[0].name === "scoring.latencyMs");
    expect(metric.data.baseData.metrics[0]).toMatchObject({ value: 6, count: 2, min: 2, max: 4 });
    expect(metric.data.baseData.properties).toMatchObject({ model: "coffee" });
  });

  it("records a failure as a failed request and an exception with its stack but not its message", () => {
    const failed = request("trainCandidate");
    expect(failed.data.baseData.success).toBe(false);
    const [thrown] = stub.of("ExceptionData");
    expect([operation(thrown), parent(thrown)]).toEqual([operation(failed), failed.data.baseData.id]);
    expect(thrown.data.baseData.exceptions[0]).toMatchObject({ typeName: "TypeError", message: "TypeError" });
    expect(thrown.data.baseData.exceptions[0].stack).toContain("main.js");
  });

  it("takes an HTTP handler that throws an error with a status for an answer with that status", () => {
    expect(request("POST /refusing").data.baseData).toMatchObject({ responseCode: "400" });
  });

  it("lets no row, body, message, query or signature out", () => {
    expect(stub.raw.length).toBeGreaterThan(5_000);
    expect(request("readBySignature").data.baseData.success).toBe(true);
    for (const kept of [secret, "sig=", "code=", "restype=", "prefix="]) expect(stub.raw).not.toContain(kept);
  });
});

describe("sampling", () => {
  it("keeps counts right by the rate on each item, and records every failure as itself", async () => {
    await play("crowd", { fullRequestsPerSecond: 20 });
    const requests = stub.of("RequestData");
    const failures = requests.filter(({ data }) => !data.baseData.success);
    expect(requests.length).toBeLessThan(250);
    expect(failures).toHaveLength(40);
    expect(failures.every(({ sampleRate }) => sampleRate === 100)).toBe(true);
    expect(stub.of("ExceptionData")).toHaveLength(20);
    expect(stub.of("ExceptionData").every(({ sampleRate }) => sampleRate === 100)).toBe(true);
    // 400 on average, with a standard deviation of 62
    expect(weight(requests)).toBeGreaterThan(100);
    expect(weight(requests)).toBeLessThan(700);
  });

  it("records the storage calls of sampled requests only, at the request's rate", async () => {
    await play("crowd", { fullRequestsPerSecond: 5 });
    const rates = new Map(stub.of("RequestData").map((one) => [operation(one), one.sampleRate]));
    const calls = stub.of("RemoteDependencyData");
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) expect(call.sampleRate).toBe(rates.get(operation(call)));
  });

  it("never samples events", async () => {
    await play("crowd", { fullRequestsPerSecond: 1 });
    expect(stub.of("EventData")).toHaveLength(400);
  });
});

describe("under the Functions host", () => {
  it("leaves requests to the host, and ties calls and events to the host's operation", async () => {
    await play("hosted", { recordRequests: false });
    expect(stub.of("RequestData")).toEqual([]);
    const event = await stub.waitFor(({ data }) => data.baseType === "EventData");
    expect([operation(event), parent(event)]).toEqual([callerTrace, callerSpan]);
    const calls = stub.of("RemoteDependencyData");
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.every((call) => operation(call) === callerTrace)).toBe(true);
  });
});

describe("limits and absence", () => {
  it("loses no event of a burst of 1,500", async () => {
    await play("burst");
    const indexes = stub.of("EventData").map(({ data }) => Number(data.baseData.properties.index));
    expect(new Set(indexes).size).toBe(1_500);
  });

  it("lets work go on when the receiver does not answer, and says so", async () => {
    const { stdout, stderr } = await play("unanswered", {}, true);
    expect(stdout).toContain("went on");
    expect(stderr).toContain("telemetry: not sent yet (no answer within 3000 ms");
  });

  it("loads no SDK without a receiver, says so, and does the work", async () => {
    const { stdout } = await play("nothing", { ingestionUrl: undefined });
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toBe("telemetry: APPLICATIONINSIGHTS_CONNECTION_STRING is not set, nothing is sent");
    expect(JSON.parse(lines[1])).toEqual({ loaded: [], answer: 42 });
  });
});
