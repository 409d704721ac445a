import { describe, expect, it } from "vitest";
import { serviceLimits } from "../../../shared/monitoring/service/serviceLimits";
import { emptyServiceProfile, latencyBucket, type ServiceProfile } from "../../../shared/monitoring/serviceProfile";
import { evaluateService } from "../../../shared/monitoring/signals/service";
import { served } from "./signals/serviceCounts";

const at = new Date("2026-03-10T14:08:00Z");
const hourMs = 3_600_000;

/** What is wrong with a model that counted this in its window, and this in each hour of the days before. */
async function wrong(newest: ServiceProfile, hourly = served({ 200: 400 }), settings = {}, ofApp = false) {
  const service = async ({ from, to }: { from: Date; to: Date }) => {
    if (to >= at) return newest;
    const hours = (to.getTime() - from.getTime()) / hourMs;
    const times = (counts: Record<string, number>) =>
      Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count * hours]));
    const latencies = hourly.latencies.map((count) => count * hours);
    return { ...hourly, latencies, requests: times(hourly.requests), exceptions: times(hourly.exceptions) };
  };
  const { evaluation: found } = await evaluateService({ settings: serviceLimits.parse(settings), at, service }, ofApp);
  const rules = found.alerts.flatMap((one) => ("raise" in one ? [one.raise.rule] : []));
  return { rules, sentence: found.sentence, verdict: found.verdict, found };
}

describe("a service", () => {
  it("that is as usual raises nothing, and is told in a sentence", async () => {
    expect(await wrong(served({ 200: 100 }))).toMatchObject({
      rules: [],
      verdict: "ok",
      sentence: "100 requests in 15 minutes: 0 failed, 95 % within 19.26 ms.",
    });
  });

  it("is slow beyond its limit, or beyond what is usual with it", async () => {
    const never = emptyServiceProfile();
    expect((await wrong(served({ 200: 100 }, 3000), never)).rules).toEqual(["response-time"]);
    expect((await wrong(served({ 200: 100 }, 700), served({ 200: 400 }, 10))).rules).toEqual(["response-time"]);
    expect((await wrong(served({ 200: 100 }, 100), served({ 200: 400 }, 10))).rules).toEqual([]);
    expect((await wrong(served({ 200: 100 }, 450), never)).rules).toEqual([]);
  });

  it("is not judged by few requests", async () => {
    const few = await wrong(served({ 200: 10, 500: 4, 503: 0 }, 3000));
    expect(few.rules).toEqual([]);
    expect(few.found.findings.find(({ subject }) => subject === "p95")).toMatchObject({ verdict: "insufficient_data" });
  });

  it("fails or refuses more than its limit, or more than is usual with it", async () => {
    expect((await wrong(served({ 200: 90, 500: 10 }))).rules).toEqual(["failed-requests"]);
    expect((await wrong(served({ 200: 70, 400: 30 }))).rules).toEqual(["failed-requests"]);
    expect((await wrong(served({ 200: 70, 400: 30 }), served({ 200: 300, 400: 100 }))).rules).toEqual([]);
    expect((await wrong(served({ 200: 97, 500: 3 }))).rules).toEqual([]);
  });

  it("is away where requests are answered 503 or 504, or where none comes though always some did", async () => {
    expect((await wrong(served({ 200: 90, 503: 10 }))).rules).toEqual(["availability", "failed-requests"]);
    const silent = await wrong(served({}));
    expect(silent.rules).toEqual(["availability"]);
    expect(silent.sentence).toContain("no request came in 15 minutes; at this time of day there were at least 100");
    expect((await wrong(served({}), served({ 200: 40 }))).rules).toEqual([]);
    expect((await wrong(served({}), emptyServiceProfile())).rules).toEqual([]);
  });

  it("throws exceptions of a kind more often than its limit or than usual", async () => {
    const thrown = { ...served({ 200: 100 }), exceptions: { TypeError: 30, timeout: 2 } };
    const { rules, sentence } = await wrong(thrown);
    expect(rules).toEqual(["exceptions"]);
    expect(sentence).toContain("TypeError: exceptions is 30, the limit 10");
    expect((await wrong(thrown, { ...served({ 200: 400 }), exceptions: { TypeError: 100 } })).rules).toEqual([]);
  });

  it("of the whole app has resources that run full", async () => {
    const full = { ...served({ 200: 100 }), queues: { "training-plan": 2000, "training-plan-poison": 1, small: 3 } };
    full.loopDelays[latencyBucket(900)] = 100;
    const { rules, found } = await wrong({ ...full, memoryBytes: 4e9 }, undefined, {}, true);
    expect(rules).toEqual(["saturation"]);
    const drifted = found.findings.filter(({ verdict }) => verdict === "drift").map(({ subject }) => subject);
    expect(drifted).toEqual(["event loop", "memory", "training-plan", "training-plan-poison"]);
  });
});
