import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addServiceProfile,
  emptyServiceProfile,
  latencyBucket,
  percentileMs,
  requestCounts,
  type ServiceProfile,
} from "../../../shared/monitoring/serviceProfile";
import { ServiceCounts } from "../../../shared/service/serviceCounts";
import { addKept, keptService } from "../../../shared/service/serviceDocument";

const duration = fc.double({ min: 0.011, max: 3_599_000, noNaN: true });

function profile(latencies: number[], status = "200"): ServiceProfile {
  const counted = emptyServiceProfile();
  for (const ms of latencies) counted.latencies[latencyBucket(ms)]++;
  return { ...counted, requests: { [status]: latencies.length }, minutes: 1, queues: { work: latencies.length } };
}

function merged(...parts: ServiceProfile[]): ServiceProfile {
  const sum = emptyServiceProfile();
  for (const part of parts) addServiceProfile(sum, part);
  return sum;
}

describe("percentiles of counted durations", () => {
  it("are within 5 % of the exact ones, whatever the durations", () => {
    const lists = fc.array(duration, { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(lists, fc.constantFrom(0.5, 0.95, 0.99, 1), (latencies, share) => {
        const sorted = latencies.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1];
        const told = percentileMs(profile(latencies).latencies, share) ?? Number.NaN;
        expect(Math.abs(told - exact) / exact).toBeLessThanOrEqual(0.05);
      }),
    );
  });

  it("are undefined where nothing was counted, and odd durations go to the ends", () => {
    expect(percentileMs(emptyServiceProfile().latencies, 0.5)).toBeUndefined();
    expect([Number.NaN, -3, 0, Number.NEGATIVE_INFINITY].map(latencyBucket)).toEqual([0, 0, 0, 0]);
    expect(latencyBucket(Number.POSITIVE_INFINITY)).toBe(latencyBucket(1e12));
  });
});

describe("profiles", () => {
  const parts = fc.array(fc.array(duration, { maxLength: 20 }), { minLength: 1, maxLength: 6 });

  it("add up to the same in any order and any grouping, and through storage", () => {
    fc.assert(
      fc.property(parts, (lists) => {
        const profiles = lists.map((list, at) => profile(list, at % 2 === 0 ? "200" : "503"));
        const all = merged(...profiles);
        expect(merged(...profiles.toReversed())).toEqual(all);
        const half = Math.floor(profiles.length / 2);
        expect(merged(merged(...profiles.slice(0, half)), merged(...profiles.slice(half)))).toEqual(all);
        const stored = JSON.parse(JSON.stringify(keptService(all)));
        const read = emptyServiceProfile();
        addKept(read, stored);
        expect(read).toEqual(merged(all));
      }),
    );
  });
});

describe("the counts of a process", () => {
  const clock = { time: Date.parse("2026-03-01T10:01:00Z"), now: () => new Date(clock.time) };
  const counts = new ServiceCounts(clock, ["pears"]);
  const ofModel = (model: string) =>
    merged(...counts.takeChanged().flatMap(({ slices }) => slices.flatMap((one) => one.models.get(model) ?? [])));

  it("are of the model that was asked for, if one of that name is known", () => {
    counts.scored("pears", 3, 200, 5);
    counts.scored("pears", 0, 503, 5);
    counts.scored("plums", 0, 404, 5);
    counts.scored("constructor", 2, 200, 5);
    counts.scored("../x", 0, 503, 5);
    const [{ slices }] = counts.takeChanged();
    const models = Object.fromEntries([...slices[0].models].map(([name, one]) => [name, requestCounts(one)]));
    expect(models).toEqual({
      pears: { all: 2, answered: 1, refused: 0, failed: 1 },
      constructor: { all: 1, answered: 1, refused: 0, failed: 0 },
      unknown: { all: 2, answered: 0, refused: 1, failed: 1 },
    });
  });

  it("are kept by five minutes, and another part is begun where the clock comes back to an hour", () => {
    clock.time = Date.parse("2026-03-01T10:06:00Z");
    counts.scored("pears", 3, 200, 5);
    const [{ slices, part }] = counts.takeChanged();
    expect(slices.map(({ startMs }) => new Date(startMs).getUTCMinutes())).toEqual([0, 5]);
    clock.time = Date.parse("2026-03-01T11:06:00Z");
    counts.scored("pears", 3, 200, 5);
    counts.takeChanged();
    counts.forgetWritten();
    clock.time = Date.parse("2026-03-01T10:07:00Z");
    counts.scored("pears", 3, 200, 5);
    const [again] = counts.takeChanged();
    expect(again.part).not.toBe(part);
    expect(again.slices).toHaveLength(1);
  });

  it("hold a bounded number of names, whatever callers and errors are called", () => {
    clock.time = Date.parse("2026-03-02T10:07:00Z");
    for (let at = 0; at < 1000; at++) {
      counts.scored(`no-model-${at}`, 0, 503, 5);
      counts.exception(`Error${at}`, "pears");
      counts.exception("__proto__", "pears");
    }
    const [{ slices }] = counts.takeChanged();
    expect(slices[0].models.size).toBeLessThan(250);
    const kinds = slices[0].models.get("pears")?.exceptions ?? {};
    expect(Object.keys(kinds).length).toBeLessThan(60);
    expect(Object.values(kinds).reduce((sum, count) => sum + count)).toBe(2000);
  });

  it("that could not be written are taken again, the newest two days of them", () => {
    for (let hour = 0; hour < 100; hour++) {
      clock.time = Date.parse("2026-04-01T00:00:00Z") + hour * 3_600_000;
      counts.scored("pears", 3, 200, 5);
      for (const one of counts.takeChanged()) counts.putBack(one);
    }
    expect(requestCounts(ofModel("pears")).all).toBe(48);
  });
});
