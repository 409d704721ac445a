import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { cancelRun } from "../../../shared/training/cancelRun";
import { describeRun } from "../../../shared/training/describeRun";
import { planTraining } from "../../../shared/training/planTraining";
import { trainingQueues } from "../../../shared/training/runRecord";
import { trainCandidate } from "../../../shared/training/trainCandidate";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const sample = readFileSync(`models/${usecase}/sample.csv`);
type Step = Parameters<typeof trainCandidate>[1];

let loop: Loop;
afterEach(() => loop?.stop());

const start = async (change: object) => {
  loop = await Loop.start({ ...shippedSpec(usecase), ...change });
  const { runId } = (await loop.drop(usecase, sample)) as { runId: string };
  return runId;
};
const plan = () => loop.take(trainingQueues.plan, ({ runId }) => planTraining(loop.app, runId));
const step = (limit = Number.POSITIVE_INFINITY) => {
  let taken = 0;
  return loop.take(trainingQueues.candidate, async (message) => {
    if (taken++ < limit) await trainCandidate(loop.app, message as Step);
  });
};
/** many seconds of processor time, where the others need hundredths of one */
const forest = { learner: "random-forest", parameters: { trees: 2000, maxDepth: 32, minLeafRows: 1 } };
const slow = { learner: "soft-voting", grid: { members: [new Array(20).fill(forest)] } };
const logistic = { learner: "logistic-regression", grid: { l2: { from: 0.001, to: 1000, scale: "log" } } };

describe("a search", () => {
  it("by successive halving gives each rung its trials and refits one of the last", async () => {
    const runId = await start({ candidates: [logistic], search: { kind: "halving", trials: 9, eta: 3 } });
    await plan();
    await loop.drain();
    const run = await describeRun(loop.app, runId);
    expect(run).toMatchObject({ status: "succeeded", trials: 12, progress: { trialsDone: 12, trialsTotal: 12 } });
    const inRung = (rung: number) => run.results.filter((result) => result.rung === rung);
    expect([inRung(0).length, inRung(1).length]).toEqual([9, 3]);
    const best = inRung(0).sort((a, b) => a.mean - b.mean || a.index - b.index);
    expect(inRung(1).map(({ index }) => index)).toEqual(
      best
        .slice(0, 3)
        .map(({ index }) => index)
        .sort((a, b) => a - b),
    );
    const { parameters } = await loop.app.registry.version(usecase, run.version as number);
    expect(inRung(1).map((result) => result.parameters)).toContainEqual(parameters);
  });

  it("goes on without a trial whose fit takes too long or whose learner refuses the rows, and says why", async () => {
    const runId = await start({
      candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }, slow],
      search: { fitSeconds: 0.5 },
    });
    await loop.drain();
    const run = await describeRun(loop.app, runId);
    expect(run).toMatchObject({ status: "succeeded" });
    expect(run.results[0].failure).toBeUndefined();
    expect(run.results[1].failure).toBe("a fit took more than 0.5 s of processor time");
  });

  it("fails with the reasons when no trial can be scored", async () => {
    const runId = await start({
      candidates: [slow],
      search: { fitSeconds: 0.5 },
    });
    await loop.drain();
    expect(await describeRun(loop.app, runId)).toMatchObject({
      status: "failed",
      message: expect.stringContaining("soft-voting: a fit took more than 0.5 s of processor time"),
    });
  });

  it("reports its progress and estimates what is left by the pace so far", async () => {
    const runId = await start({ candidates: [{ learner: "logistic-regression", grid: { l2: [1, 2, 3, 4] } }] });
    await plan();
    expect((await describeRun(loop.app, runId)).progress).toEqual({ trialsDone: 0, trialsTotal: 4 });
    await step(1);
    loop.clock.time += 10_000;
    const { progress } = await describeRun(loop.app, runId);
    expect(progress).toMatchObject({ trialsDone: 1, trialsTotal: 4 });
    expect(progress.secondsLeft).toBeGreaterThanOrEqual(30);
  });

  it("ends when it is cancelled, once, and no later step changes that", async () => {
    const runId = await start({});
    await plan();
    await step(1);
    expect(await cancelRun(loop.app, runId, { actor: "Ann", reason: "a test" })).toMatchObject({
      status: "cancelled",
    });
    await expect(cancelRun(loop.app, runId, { actor: "Ann", reason: "a test" })).rejects.toThrow(
      "has already ended: cancelled",
    );
    await loop.drain();
    const run = await describeRun(loop.app, runId);
    expect(run).toMatchObject({ status: "cancelled", progress: { trialsDone: 1 } });
    expect(await loop.app.registry.versions(usecase)).toEqual([]);
  });
});
