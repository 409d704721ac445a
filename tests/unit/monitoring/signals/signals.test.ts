import { afterEach, describe, expect, it, vi } from "vitest";
import type { Alert } from "../../../../shared/alerts/alert";
import { type AlertChange, changeAlerts } from "../../../../shared/alerts/alertChange";
import { documentText, parseDocument } from "../../../../shared/documents";
import { monitorsSpec, signals } from "../../../../shared/monitoring/signals/registry";
import type { Evaluation } from "../../../../shared/monitoring/signals/signal";
import { integritySample, magnitudeSample, relationsSample, threatSample, upstreamSample } from "./dataSamples";
import { attributionSample, changeSample, outcomesSample, predictionSample, sliceSample } from "./outcomeRows";
import { serviceSample } from "./serviceCounts";
import { captured, type Known, unreadable, watchedWith } from "./watchedRows";

afterEach(() => {
  vi.useRealTimers();
});

/**
 * Champions for each signal to watch: one where nothing is wrong, one of which nothing is known, one that it must tell
 * of.
 */
const samples: Record<string, Sample> = {
  service: serviceSample,
  drift: { usual: newest(1000), empty: newest(0), wrong: newest(1000, 1) },
  dataIntegrity: integritySample,
  upstreamChange: upstreamSample,
  driftMagnitude: magnitudeSample,
  relations: relationsSample,
  threat: threatSample,
  performance: outcomesSample,
  conceptDrift: changeSample,
  bias: sliceSample,
  attributionDrift: attributionSample,
  predictionDrift: predictionSample,
  estimatedPerformance: predictionSample,
};

interface Sample {
  usual: Known;
  empty: Known;
  wrong: Known;
}

function newest(rowCount: number, shift?: number): Known {
  return { capturedRows: async () => captured(rowCount, shift) };
}

it("every signal has a name and a section of its own, and a sample here", () => {
  const names = signals.map(([, { name }]) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(Object.keys(samples).sort()).toEqual(signals.map(([section]) => section).toSorted());
  expect(Object.keys(monitorsSpec.parse({})).sort()).toEqual(Object.keys(samples).sort());
  expect(monitorsSpec.safeParse({ dirft: {} }).success).toBe(false);
});

describe.each(signals)("the signal with the section %s", (section, signal) => {
  const settings = monitorsSpec.parse({})[section];
  const sample = samples[section];
  const evaluate = (known: Known) => signal.evaluate(watchedWith(settings, known));

  it("has a default for every setting, watches by default, and takes no unknown setting", () => {
    expect(signal.settings.parse({})).toEqual(settings);
    expect(settings).toMatchObject({ enabled: true, schedule: expect.any(String), timeZone: "UTC" });
    expect(signal.settings.safeParse({ schedule: "whenever" }).success).toBe(false);
    expect(signal.settings.safeParse({ timeZone: "Mars/Base" }).success).toBe(false);
    expect(signal.settings.safeParse({ ...settings, windowHuors: 3 }).success).toBe(false);
  });

  it("finds nothing wrong with a champion that is well, and ends the alerts that it raised before", async () => {
    const found = await evaluate(sample.usual);
    expect(found).toMatchObject({ verdict: "ok", targetRows: 1000 });
    expect(raised(found)).toEqual([]);
    expect(await endedBy(found, await evaluate(sample.wrong))).toHaveLength(
      raised(await evaluate(sample.wrong)).length,
    );
  });

  it("says what is missing where it cannot judge, and then neither raises nor ends an alert", async () => {
    const found = await evaluate(sample.empty);
    expect(found).toMatchObject({ verdict: "insufficient_data", reason: expect.stringMatching(/\w/), targetRows: 0 });
    expect(raised(found)).toEqual([]);
    expect(await endedBy(found, await evaluate(sample.wrong))).toEqual([]);
  });

  it("raises an alert about what is wrong, small enough for a row, and sends telemetry numbers only", async () => {
    const found = await evaluate(sample.wrong);
    expect(found.verdict).not.toBe("ok");
    expect(raised(found).length).toBeGreaterThan(0);
    for (const { rule, summary, evidence } of raised(found)) {
      expect(rule).toMatch(/^[a-z][a-z-]+$/);
      expect(summary.length).toBeGreaterThan(0);
      expect(JSON.stringify(evidence).length).toBeLessThan(20_000);
    }
    const { measurements, metrics } = found.report;
    for (const value of [...Object.values(measurements), ...metrics.map(({ value }) => value)])
      expect(value).toSatisfy(Number.isFinite);
  });

  it("finds the same whenever it is asked: the only time it uses is the one that it is given", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2001-01-01T00:00:00Z") });
    const once = await evaluate(sample.wrong);
    vi.setSystemTime(new Date("2040-06-01T00:00:00Z"));
    expect(JSON.stringify(await evaluate(sample.wrong))).toBe(JSON.stringify(once));
  });

  it("reads back the details that it kept, and those of earlier releases without a form", async () => {
    const { document } = signal;
    for (const known of Object.values(sample)) {
      const { details } = await evaluate(known);
      const text = documentText(document, details);
      expect(JSON.parse(text)).toMatchObject({ form: document.form });
      const json = JSON.stringify(details);
      for (const stored of [text, json])
        expect(JSON.parse(JSON.stringify(parseDocument(document, Buffer.from(stored), "m/x")))).toEqual(
          JSON.parse(json),
        );
    }
  });

  it("fails with the error when something cannot be read", async () => {
    const champion = watchedWith(settings, unreadable(sample.usual));
    await expect(signal.evaluate(champion)).rejects.toThrow("storage is away");
  });
});

function raised({ alerts }: Evaluation) {
  return alerts.flatMap((change) => ("raise" in change ? [change.raise] : []));
}

/** Rules of the alerts of `earlier` that are over by what was found now. */
async function endedBy(now: Evaluation, earlier: Evaluation): Promise<string[]> {
  const open = new Map(raised(earlier).map((condition) => [condition.rule, condition as unknown as Alert]));
  const ended: string[] = [];
  const store = {
    raise: () => expect.unreachable(),
    resolveWhere: async (_subject: string, rule: string, isOver: (alert: Alert) => boolean) => {
      const alert = open.get(rule);
      if (alert === undefined || !isOver(alert)) return undefined;
      ended.push(rule);
      return alert;
    },
  };
  await changeAlerts(store, "pears", now.alerts satisfies AlertChange[]);
  return ended;
}
