import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMonitors } from "../../../shared/loop/runMonitors";
import { signals } from "../../../shared/monitoring/signals/registry";
import { requestIdAt } from "../../../shared/requestId";
import { scoreRequest } from "../../../shared/serving/scoreRequest";
import { wireFormat } from "../../../shared/serving/wire/registry";
import { giveFeedback } from "../../../shared/truth/giveFeedback";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const [header, ...lines] = readFileSync(`models/${usecase}/sample.csv`, "utf8").trim().split("\n");
const names = header.split(",");
const example = JSON.parse(readFileSync(`models/${usecase}/usecase.json`, "utf8")).example;

const rows = lines.slice(0, 600).map((line) => {
  const cells = Object.fromEntries(line.split(",").map((cell, at) => [names[at], cell]));
  const features = Object.entries(example).map(([name, value]) => {
    const cell = cells[name];
    return [name, cell === "" ? null : typeof value === "number" ? Number(cell) : cell];
  });
  return { features: Object.fromEntries(features), truth: cells.Grade };
});

let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start({
    ...shippedSpec(usecase),
    candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
    policies: { onNewData: "train", onDrift: "none" },
  });
  await loop.drop(usecase, [header, ...lines].join("\n"));
  await loop.drain();
});
afterAll(() => loop?.stop());

const judged = ["predictionDrift", "attributionDrift", "performance", "conceptDrift", "bias", "estimatedPerformance"];
const check = async () => {
  const told = await runMonitors(
    loop.app,
    signals.filter(([section]) => judged.includes(section)),
  );
  expect(told.filter((line) => line.includes("failed"))).toEqual([]);
  const results = await loop.app.monitors.list(usecase, { limit: judged.length });
  return Object.fromEntries(results.map((result) => [result.signal, result]));
};

async function serve(truthOf: (row: (typeof rows)[number]) => string): Promise<void> {
  const requestId = requestIdAt(loop.app.clock.now(), "serve");
  const body = JSON.stringify({ rows: rows.map(({ features }) => features) });
  await scoreRequest(loop.app, { model: usecase, body, format: wireFormat("plain"), requestId });
  await loop.app.capture?.flush();
  const told = rows.map((row, at) => ({ requestId, row: at, label: truthOf(row) }));
  const source = { source: "feedback", at: loop.app.clock.now().toISOString() };
  const answers = await giveFeedback(loop.app, loop.app.usecases.get(usecase)?.spec as never, told, source);
  expect(answers.filter(({ status }) => status !== "accepted")).toEqual([]);
  loop.passHours(2);
}

describe("what a champion predicts, relies on and errs by", () => {
  it("is judged from what was captured and told, on storage itself", async () => {
    await serve(({ truth }) => truth);
    const found = await check();
    expect(found["prediction-drift"]).toMatchObject({ verdict: "ok", targetRows: 600 });
    expect(found.performance).toMatchObject({ verdict: "ok", targetRows: 600 });
    expect(found.bias).toMatchObject({ targetRows: 600 });
    expect(found["concept-drift"]).toMatchObject({ verdict: "ok", targetRows: 600 });
    expect(found["attribution-drift"]).toMatchObject({ verdict: "ok" });
    expect(found["attribution-drift"].targetRows).toBeGreaterThanOrEqual(30);
  });
});
