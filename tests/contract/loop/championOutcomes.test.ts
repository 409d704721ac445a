import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMonitors } from "../../../shared/loop/runMonitors";
import type { HourOutcomes } from "../../../shared/monitoring/outcomeProfile";
import { signals } from "../../../shared/monitoring/signals/registry";
import type { Signal } from "../../../shared/monitoring/signals/signal";
import { requestIdAt } from "../../../shared/requestId";
import { scoreRequest } from "../../../shared/serving/scoreRequest";
import { wireFormat } from "../../../shared/serving/wire/registry";
import { giveFeedback } from "../../../shared/truth/giveFeedback";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start({
    ...shippedSpec(usecase),
    candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
    evaluation: { slices: ["Altitude_m", "Process", "Lot"] },
  });
  await loop.drop(usecase, readFileSync(`models/${usecase}/sample.csv`));
  await loop.drain();
});
afterAll(() => loop?.stop());

const [[section, drift]] = signals;

/** The outcomes that a signal sees of the last hours. */
async function seenBySignal(hours: number): Promise<HourOutcomes[]> {
  let seen: HourOutcomes[] = [];
  const asking: Signal = {
    ...drift,
    evaluate: async (watched) => {
      const from = new Date(watched.at.getTime() - hours * 3_600_000);
      seen = await watched.outcomes({ from, to: watched.at });
      return drift.evaluate(watched);
    },
  };
  await runMonitors(loop.app, [[section, asking]]);
  return seen;
}

describe("what a signal sees of a champion's outcomes", () => {
  it("are its captured predictions with the truths that were told of them, by slices of the training rows", async () => {
    const { app, clock } = loop;
    const { example } = shippedSpec(usecase);
    const rows = [
      { ...example, Altitude_m: 100, Lot: "L-1" },
      { ...example, Altitude_m: 2900, Lot: "L-2" },
      { ...example, Altitude_m: null, Process: "washed" },
    ];
    const requestId = requestIdAt(clock.now(), randomUUID());
    const asked = { format: wireFormat("plain"), model: usecase, body: JSON.stringify({ rows }), requestId };
    const { body } = await scoreRequest(app, asked);
    const { predictions, warnings } = JSON.parse(String(body));
    expect(warnings).toBeUndefined();
    await app.capture?.flush();
    const told = [0, 1].map((row) => ({ requestId, row, label: predictions[row].label }));
    const source = { source: "feedback", at: clock.now().toISOString() };
    const answers = await giveFeedback(app, app.usecases.get(usecase)!.spec, told, source);
    expect(answers).toEqual([{ status: "accepted" }, { status: "accepted" }]);
    loop.passHours(1);
    const [{ outcomes }, ...others] = await seenBySignal(3);
    expect(others).toEqual([]);
    expect(outcomes).toMatchObject({ predictions: 3, labelled: 2, wrongInOrder: "00" });
    expect(outcomes.classes).toEqual(["commodity", "premium", "specialty"]);
    const slices = Object.keys(outcomes.slices);
    expect(slices).toEqual([
      expect.stringMatching(/^Altitude_m=at most \d+$/),
      `Process=${example.Process}`,
      "Lot=L-1",
      expect.stringMatching(/^Altitude_m=above \d+$/),
      "Lot=L-2",
    ]);
    expect(await seenBySignal(3)).toEqual([{ hour: expect.any(Date), outcomes }]);
  });
});
