import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { cancelRun } from "../../../shared/training/cancelRun";
import { finishTraining } from "../../../shared/training/finishTraining";
import { trainingQueues } from "../../../shared/training/runRecord";
import { startRun } from "../../../shared/training/startRun";
import { trainCandidate } from "../../../shared/training/trainCandidate";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
/** One small trial, so that a run takes a second; another seed splits the rows in another way. */
const spec = (seed: number) => ({
  ...shippedSpec(usecase),
  candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
  seed,
});
type Step = Parameters<typeof trainCandidate>[1];

let loop: Loop;
afterEach(() => loop?.stop());

const run = (id: string) => loop.app.runs.get(`${usecase}.${id}`);

/** Queues a run under a spec of its own and works it off up to its last step. */
async function readyToFinish(cause: string, seed: number): Promise<void> {
  loop.passHours(0.01);
  loop.deploy(spec(seed));
  await startRun(loop.app, { usecase, trigger: "request", cause });
  await loop.drainPlans();
  await loop.take(trainingQueues.candidate, (step) => trainCandidate(loop.app, step as Step));
}

/** Does `work` once the next version is evaluated, and before anything comes of it. */
function afterEvaluation(work: () => Promise<unknown>): void {
  const { workers } = loop.app;
  const wrapped = Object.create(workers) as typeof workers;
  let isDone = false;
  wrapped.run = (async (...[task, limitMs, onPart]: Parameters<typeof workers.run>) => {
    const outcome = await workers.run(task, limitMs, onPart);
    if (task.kind === "evaluate" && !isDone) {
      isDone = true;
      await work();
    }
    return outcome;
  }) as typeof workers.run;
  loop.app.workers = wrapped;
}

async function withTwoVersions(): Promise<void> {
  loop = await Loop.start(spec(1));
  await loop.drop(usecase, readFileSync(`models/${usecase}/sample.csv`));
  await loop.drain();
  await readyToFinish("second", 2);
  await loop.drain();
  expect(await run("second")).toMatchObject({ status: "succeeded", version: 2, promoted: false });
}

describe("an evaluation that does not fit one step", () => {
  it("goes on with the parts that are left, and gives what one step gives", async () => {
    const versionOf = async (stopAfter: number) => {
      loop = await Loop.start(spec(1));
      const { workers } = loop.app;
      const wrapped = Object.create(workers) as typeof workers;
      const asked: string[][] = [];
      wrapped.run = (async (...[task, limitMs, onPart]: Parameters<typeof workers.run>) => {
        if (task.kind !== "evaluate") return workers.run(task, limitMs, onPart);
        asked.push(task.parts ?? []);
        await workers.run({ ...task, parts: task.parts?.slice(0, stopAfter) }, limitMs, onPart);
        if (asked.length === 2) throw new Error("the thread was ended"); // as when the instance goes away
      }) as typeof workers.run;
      loop.app.workers = wrapped;
      await loop.drop(usecase, readFileSync(`models/${usecase}/sample.csv`));
      await loop.drain().catch(() => finishTraining(loop.app, `${usecase}.data-v1`));
      await loop.drain();
      const { metrics, differences, intervals, curves, gate } = await loop.app.registry.version(usecase, 1);
      await loop.stop();
      return { asked, told: { metrics, differences, intervals, curves, gate } };
    };
    const inOne = await versionOf(Number.POSITIVE_INFINITY);
    const inSteps = await versionOf(4);
    expect(inOne.asked).toEqual([expect.arrayContaining(["metrics", "difference-majority", "interval-logLoss"])]);
    const all = inOne.asked[0];
    expect(inSteps.asked).toEqual([all, all.slice(4), all.slice(8)]);
    expect(inSteps.told).toEqual(inOne.told);
  });
});

describe("a run whose version is being judged", () => {
  it("is judged again when the champion moves meanwhile, against the new one", async () => {
    await withTwoVersions();
    await readyToFinish("third", 3);
    const move = { model: usecase, alias: "champion" as const, operation: "by-hand", actor: "test", reason: "trust" };
    afterEvaluation(() => loop.app.registry.moveAlias({ ...move, version: 2 }));
    const statuses: string[] = [];
    await loop.take(trainingQueues.finish, async ({ runId }) => {
      statuses.push((await finishTraining(loop.app, runId)).status);
    });
    expect(statuses).toEqual(["finishing", "succeeded"]);
    expect(await run("third")).toMatchObject({ status: "succeeded", version: 3 });
    const { differences } = await loop.app.registry.version(usecase, 3);
    expect(differences?.filter(({ against }) => against === "champion")).toHaveLength(1);
  });

  it("registers nothing when it is cancelled meanwhile", async () => {
    await withTwoVersions();
    await readyToFinish("third", 3);
    afterEvaluation(() => cancelRun(loop.app, `${usecase}.third`, { actor: "Ann", reason: "a test" }));
    await loop.drain();
    expect(await run("third")).toMatchObject({ status: "cancelled" });
    expect(await loop.app.registry.versions(usecase)).toHaveLength(2);
  });
});
