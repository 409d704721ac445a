import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMonitors } from "../../../shared/loop/runMonitors";
import { signals } from "../../../shared/monitoring/signals/registry";
import type { Signal } from "../../../shared/monitoring/signals/signal";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
let loop: Loop;
beforeAll(async () => {
  const spec = { ...shippedSpec(usecase), candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }] };
  loop = await Loop.start(spec);
  await loop.drop(usecase, readFileSync(`models/${usecase}/sample.csv`));
  await loop.drain();
});
afterAll(() => loop?.stop());

const [[section, drift]] = signals;
const failing = (name: string): Signal => ({
  ...drift,
  name,
  evaluate: () => Promise.reject(new Error(`${name} is broken`)),
});
const alert = async () => (await loop.app.alerts.list(usecase, 10)).find(({ rule }) => rule === "monitor-failed");

describe("signals that fail", () => {
  it("do not stop the others and share one alert, which ends once none fails", async () => {
    const lines = await runMonitors(loop.app, [
      [section, failing("first")],
      [section, drift],
      [section, failing("last")],
    ]);
    expect(lines).toEqual([
      `${usecase}: first: the drift monitor failed: first is broken`,
      expect.stringMatching(`^${usecase}: input-drift: insufficient_data over 0 rows: no row was captured`),
      `${usecase}: last: the drift monitor failed: last is broken`,
    ]);
    expect(await loop.app.monitors.list(usecase, { limit: 10 })).toMatchObject([
      { signal: "input-drift", targetRows: 0 },
    ]);
    expect(await alert()).toMatchObject({
      status: "open",
      severity: "error",
      summary: "the drift monitor failed: first is broken; the drift monitor failed: last is broken",
      evidence: { signal: "first, last" },
    });
    await runMonitors(loop.app, [[section, failing("last")]]);
    expect(await alert()).toMatchObject({ status: "open", occurrences: 2, evidence: { signal: "last" } });
    loop.passHours(1);
    await runMonitors(loop.app, [[section, drift]]);
    expect(await alert()).toMatchObject({ status: "resolved" });
  });
});

describe("a use case whose alerts cannot be read", () => {
  it("keeps no other from being watched, and an alert of the system tells of it until it can", async () => {
    const pointer = { partitionKey: usecase, rowKey: "open:monitor-failed" };
    await loop.app.tables.transaction("alerts", [{ kind: "upsert", row: { ...pointer, form: 99, alert: "" } }]);
    const [known] = loop.app.usecases.values();
    const other = { ...known, spec: { ...known.spec, name: "other" } };
    const both = { ...loop.app, usecases: new Map([known, other].map((one) => [one.spec.name, one])) };
    const told = `${usecase}: what its monitors found could not be told: the row "open:monitor-failed" of partition "${usecase}" in table alerts has form 99, and this release reads forms up to 1: use the newer release that wrote it`;
    expect(await runMonitors(both, [[section, drift]])).toEqual([
      expect.stringMatching(`^${usecase}: input-drift: `),
      told,
      "other: input-drift: not watched: there is no champion to watch",
    ]);
    const ofSystem = async () => (await loop.app.alerts.list("tidegate", 10))[0];
    const evidence = { usecase };
    expect(await ofSystem()).toMatchObject({ rule: "monitor-failed", status: "open", summary: told, evidence });
    await loop.app.tables.transaction("alerts", [{ kind: "upsert", row: { ...pointer, form: 1, alert: "" } }]);
    await runMonitors(both, [[section, drift]]);
    expect(await ofSystem()).toMatchObject({ status: "resolved" });
  });
});
