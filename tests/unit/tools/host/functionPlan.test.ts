import { describe, expect, test } from "vitest";
import { planFunction } from "../../../../tools/host/functionPlan";
import type { HostConfig } from "../../../../tools/host/hostConfig";
import type { Binding, RetryOptions } from "../../../../tools/host/protocol";

const config: HostConfig = {
  version: "2.0",
  functionTimeout: 1000,
  extensions: {
    http: { routePrefix: "api" },
    queues: { batchSize: 16, maxDequeueCount: 5, visibilityTimeout: 0, messageEncoding: "base64" },
    blobs: { maxDegreeOfParallelism: 8, poisonBlobThreshold: 5 },
  },
};
const settings = { AzureWebJobsStorage: "UseDevelopmentStorage=true", INBOX: "in-box", AzureWebJobsOther: "other" };
const trigger = (type: string, options: object): Binding => ({ type, direction: "in", ...options });
const plan = (bindings: Record<string, Binding>, retryOptions?: RetryOptions, more = {}) =>
  planFunction({ name: "mine", bindings, retryOptions }, { ...settings, ...more }, config);

describe("a registered function", () => {
  test("has its settings filled in and its connection found", () => {
    const queue = trigger("queueTrigger", { queueName: "%INBOX%-q", connection: "AzureWebJobsStorage" });
    expect(plan({ t: queue }).trigger).toMatchObject({ queueName: "in-box-q" });
    const blob = trigger("blobTrigger", { path: "%INBOX%/{file}", connection: "Other" });
    expect(plan({ t: blob }).trigger).toMatchObject({ pattern: { container: "in-box" }, connectionString: "other" });
  });

  test("gets the route prefix before its route, and its name as route when it has none", () => {
    expect(plan({ t: trigger("httpTrigger", {}) }).trigger).toMatchObject({
      path: "api/mine",
      methods: ["GET", "POST"],
    });
    expect(plan({ t: trigger("httpTrigger", { route: "/score/{model}" }) }).trigger).toMatchObject({
      path: "api/score/{model}",
      authLevel: "anonymous",
    });
  });

  test("can be switched off by a setting", () => {
    const bindings = { t: trigger("httpTrigger", {}) };
    expect(plan(bindings, undefined, { "AzureWebJobs.mine.Disabled": "true" }).isDisabled).toBe(true);
  });

  const retry: RetryOptions = { maxRetryCount: 1, retryStrategy: "fixedDelay" };
  const queue = { t: trigger("queueTrigger", { queueName: "q", connection: "" }) };
  test.each<[string, Record<string, Binding>, RetryOptions | undefined, RegExp]>([
    ["an unknown trigger", { t: trigger("cosmosDBTrigger", {}) }, undefined, /cosmosDBTrigger/],
    ["no trigger", {}, undefined, /no trigger/],
    ["an input binding", { ...queue, b: trigger("blob", { path: "a/b" }) }, undefined, /input binding "blob"/],
    ["an unknown output", { ...queue, o: { type: "table", direction: "out" } }, undefined, /output binding "table"/],
    ["retries on a queue", queue, retry, /only on timers/],
    ["a missing setting", { t: trigger("timerTrigger", { schedule: "%WHEN%" }) }, undefined, /"WHEN"/],
    [
      "a missing connection",
      { t: trigger("queueTrigger", { queueName: "q", connection: "None" }) },
      undefined,
      /"None"/,
    ],
    [
      "an Event Grid source",
      { t: trigger("blobTrigger", { path: "abc/x", source: "EventGrid" }) },
      undefined,
      /Event Grid/,
    ],
  ])("with %s stops the start, by name", (_what, bindings, retryOptions, reason) => {
    expect(() => plan(bindings, retryOptions)).toThrow(/^Function "mine": /);
    expect(() => plan(bindings, retryOptions)).toThrow(reason);
  });

  test("cannot take a route that the host reserves for itself", () => {
    const bare = { ...config, extensions: { ...config.extensions, http: { routePrefix: "" } } };
    const bindings = { t: trigger("httpTrigger", { route: "admin/x" }) };
    expect(() => planFunction({ name: "mine", bindings }, settings, bare)).toThrow(/"mine".*reserves for itself/);
  });
});
