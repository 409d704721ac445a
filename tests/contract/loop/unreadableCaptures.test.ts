import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMonitors } from "../../../shared/loop/runMonitors";
import { signals } from "../../../shared/monitoring/signals/registry";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const lines = readFileSync(`models/${usecase}/sample.csv`, "utf8").trim().split("\n");

let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start({
    ...shippedSpec(usecase),
    candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
    policies: { onNewData: "train", onDrift: "none" },
    monitors: { drift: { windowHours: 2, maxWindowHours: 24 } },
  });
  await loop.drop(usecase, lines.slice(0, 1000).join("\n"));
  await loop.drain();
});
afterAll(() => loop?.stop());

/** A request as a later release might have captured it. */
const capture = (format: string, inputs: string) =>
  loop.app.capture?.record({
    id: "id",
    model: usecase,
    version: 1,
    status: 200,
    latencyMs: 1,
    rows: 40,
    route: "champion",
    format,
    inputs,
  });
const example = JSON.parse(readFileSync(`models/${usecase}/usecase.json`, "utf8")).example;
const names = lines[0].split(",");
const rows = lines.slice(1, 1000).map((line) => {
  const cells = Object.fromEntries(line.split(",").map((cell, at) => [names[at], cell]));
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => {
      const cell = cells[name];
      return [name, cell === "" ? null : typeof value === "number" ? Number(cell) : cell];
    }),
  );
});
const check = () =>
  runMonitors(
    loop.app,
    signals.filter(([section]) => section === "drift"),
  );
const newest = async () => (await loop.app.monitors.list(usecase, { limit: 1 }))[0];
const told = () => loop.telemetry.metrics.filter(({ name }) => name === "capture.unreadable").map(({ value }) => value);
const alerts = async () =>
  (await loop.app.alerts.list(usecase, 10)).map(({ rule, status, summary }) => ({ rule, status, summary }));

describe("captured requests that cannot be read", () => {
  it("leave no verdict where there are no others, however many rows came before, and an alert says so", async () => {
    await loop.score(usecase, rows);
    expect(await check()).toEqual([expect.stringContaining("ok over 999 rows")]);
    expect(told()).toEqual([]);
    loop.passHours(12);
    for (let request = 0; request < 3; request++) capture("telex", '{"rows":[{"a":1}]}');
    const reason = "3 captured requests could not be read, and no other was captured";
    expect(await check()).toEqual([`${usecase}: input-drift: failed over 0 rows: ${reason}`]);
    expect(await newest()).toMatchObject({ verdict: "failed", targetRows: 0, reason });
    expect(told()).toEqual([3]);
    expect(await alerts()).toEqual([
      { rule: "input-not-judged", status: "open", summary: expect.stringContaining(reason) },
    ]);
  });

  it("are reported beside the verdict over the others, as long as they are in the window", async () => {
    capture("plain", '{"instances":[[1]]}');
    await loop.score(usecase, rows);
    for (let times = 0; times < 2; times++) {
      expect(await check()).toEqual([expect.stringContaining("ok over 999 rows")]);
      const { details } = await newest();
      expect((details as { notes: string[] }).notes).toEqual([
        "4 captured requests could not be read: their rows are not judged",
      ]);
    }
    expect(told()).toEqual([3, 4, 4]);
    expect(await alerts()).toMatchObject([{ rule: "input-not-judged", status: "resolved" }]);
  });
});
