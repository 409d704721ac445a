import { readFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { trainingQueues } from "../../../shared/training/runRecord";
import { trainCandidate } from "../../../shared/training/trainCandidate";
import { WorkerPool } from "../../../shared/training/workerPool";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const learners = ["random-forest", "extra-trees", "gradient-boosting"].map((learner) => ({
  learner,
  grid: { minLeafRows: [5, 20] },
}));
type Step = Parameters<typeof trainCandidate>[1];

let loop: Loop;
afterEach(() => loop?.stop());

async function hashWith(threads: number): Promise<string> {
  loop = await Loop.start({ ...shippedSpec(usecase), candidates: learners });
  loop.app.workers = new WorkerPool(threads);
  await loop.drop(usecase, readFileSync(`models/${usecase}/sample.csv`));
  await loop.drainPlans();
  const steps: Step[] = [];
  await loop.take(trainingQueues.candidate, async (step) => void steps.push(step as Step));
  const order = threads === 1 ? steps : steps.reverse();
  await Promise.all(order.map((step) => trainCandidate(loop.app, step)));
  await loop.drain();
  const [{ sha256 }] = await loop.app.registry.versions(usecase);
  await loop.stop();
  return sha256;
}

it("gives the same bytes with one training thread and with three, in whatever order the trials end", async () => {
  expect(await hashWith(3)).toBe(await hashWith(1));
});
