import { afterEach, describe, expect, it } from "vitest";
import { decodePrepared } from "../../../shared/data/preparedData";
import { finishTraining } from "../../../shared/training/finishTraining";
import { trainingQueues } from "../../../shared/training/runRecord";
import { startRun } from "../../../shared/training/startRun";
import { startScheduledRuns } from "../../../shared/training/startScheduledRuns";
import { trainCandidate } from "../../../shared/training/trainCandidate";
import { versionsLearntFrom } from "../../../shared/training/versionsLearntFrom";
import { hourlyCsv, hourlySpec } from "../../support/hourlyLevels";
import { Loop } from "../../support/loop";

const usecase = "high-level";
const person = { reason: "the gauge was moved", actor: "Ann" };
type Step = Parameters<typeof trainCandidate>[1];

let loop: Loop;
afterEach(() => loop?.stop());

const change = (version: number) => ({ usecase, version, ...person, operation: `by-hand-${version}` });
const run = (cause: string) => loop.app.training.runs.get(`${usecase}.${cause}`);

/** Thirty days, then ten of them again, fifty higher. */
async function withBadVersion(): Promise<void> {
  loop = await Loop.start(hourlySpec(usecase));
  await loop.drop(usecase, hourlyCsv(0, 720), "good.csv");
  await loop.drain();
  await loop.drop(usecase, hourlyCsv(100, 340, 50), "bad.csv");
  await loop.drain();
}

async function train(cause: string, force = false) {
  loop.passHours(1);
  await startRun(loop.app.training, { usecase, trigger: "request", cause, force });
  await loop.drain();
  return run(cause);
}

const levels = async (cause: string) =>
  decodePrepared(await loop.app.training.runs.prepared(`${usecase}.${cause}`)).table.numbers[0].values;

describe("a dataset version that a person has withdrawn", () => {
  it("is left out by later runs, so that the values it replaced are back", async () => {
    await withBadVersion();
    const good = await levels("data-v1");
    expect(await levels("data-v2")).not.toEqual(good);
    await loop.app.datasets.withdraw(change(2));
    expect(await train("without")).toMatchObject({ datasetVersions: [1] });
    expect(await levels("without")).toEqual(good);
  });

  it("is learnt from again once it is restored", async () => {
    await withBadVersion();
    const bad = await levels("data-v2");
    await loop.app.datasets.withdraw(change(2));
    await train("without");
    await loop.app.datasets.restore(change(2));
    expect((await loop.app.datasets.version(usecase, 2)).withdrawn).toBeUndefined();
    expect(await train("with", true)).toMatchObject({ datasetVersions: [1, 2] });
    expect(await levels("with")).toEqual(bad);
  });

  it("stands in the audit trail and in its record with the person and the reason", async () => {
    await withBadVersion();
    const dataset = await loop.app.datasets.withdraw(change(2));
    expect(dataset).toMatchObject({ version: 2, withdrawn: { by: "Ann", reason: person.reason } });
    expect(await loop.app.datasets.versions(usecase)).toMatchObject([{ version: 1 }, dataset]);
    await expect(loop.app.datasets.withdraw(change(2))).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("withdrawn already, by Ann"),
    });
    loop.passHours(1);
    await loop.app.datasets.restore(change(2));
    await expect(loop.app.datasets.restore(change(2))).rejects.toMatchObject({ code: "conflict" });
    const trail = await loop.app.datasets.audit(usecase, { limit: 2 });
    expect(trail).toMatchObject([
      { action: "dataset restored", actor: "Ann", subject: `${usecase} dataset v2` },
      { action: "dataset withdrawn", actor: "Ann", reason: person.reason },
    ]);
  });

  it("keeps a run that learnt from it before from being promoted", async () => {
    loop = await Loop.start(hourlySpec(usecase));
    await loop.drop(usecase, hourlyCsv(0, 720));
    await loop.drainPlans();
    await loop.take(trainingQueues.candidate, (step) => trainCandidate(loop.app.training, step as Step));
    await loop.app.datasets.withdraw(change(1));
    await loop.take(trainingQueues.finish, ({ runId }) => finishTraining(loop.app.training, runId));
    expect(await run("data-v1")).toMatchObject({ status: "succeeded", version: 1, promoted: false });
    expect((await run("data-v1")).message).toContain(
      "dataset version 1, which it learnt from, was withdrawn by Ann: the gauge was moved",
    );
    expect(await versionsLearntFrom(loop.app.training, usecase, 1)).toEqual({
      learntFromIt: [1],
      championLearntFromIt: false,
    });
  });

  it("leaves nothing to train on where it was the only one", async () => {
    loop = await Loop.start({ ...hourlySpec(usecase), policies: { onNewData: "none", retrainEveryHours: 1 } });
    await loop.drop(usecase, hourlyCsv(0, 720));
    await loop.app.datasets.withdraw(change(1));
    expect(await startScheduledRuns(loop.app.training)).toEqual([]);
    expect(await train("nothing")).toMatchObject({
      status: "failed",
      message: expect.stringContaining('every dataset version of use case "high-level" is withdrawn'),
    });
  });
});
