import type { BlobStore } from "../ports";
import { combineParts, partNames } from "./evaluationParts";
import { runsContainer } from "./runStore";
import type { WorkerPool } from "./workerPool";
import type { EvaluateOutcome, EvaluateTask, EvaluationPart } from "./workerTasks";

type Parts = Map<string, EvaluationPart["adds"]>;

/** no part is started after so long in one step; with the limit of a part it keeps a step well below a function's time limit */
const softLimitMs = 25_000;
/** of processor time, each part */
const partLimitMs = 60_000;

/**
 * Evaluates as much of a hold-out as one step has time for; every part that is done is kept in `folder` at once, and no later step does it
 * again. The outcome, or undefined where parts are left for another step.
 */
export async function evaluateInSteps(
  { blobs, workers }: { blobs: BlobStore; workers: WorkerPool },
  folder: string,
  task: EvaluateTask,
): Promise<EvaluateOutcome | undefined> {
  const names = partNames(task);
  const parts = await readParts(blobs, folder, names);
  const missing = names.filter((name) => !parts.has(name));
  const writes: Promise<void>[] = [];
  const keep = ({ name, adds }: EvaluationPart) => {
    const json = JSON.stringify(adds);
    parts.set(name, readAdds(json));
    writes.push(blobs.write(runsContainer, partBlob(folder, name), json));
  };
  try {
    if (missing.length > 0) await workers.run({ ...task, parts: missing, softLimitMs }, partLimitMs, keep);
  } finally {
    await Promise.all(writes);
  }
  return names.every((name) => parts.has(name)) ? combineParts(task, parts) : undefined;
}

async function readParts(blobs: BlobStore, folder: string, names: string[]): Promise<Parts> {
  const parts: Parts = new Map();
  for await (const { name } of blobs.list(runsContainer, `${folder}/`)) {
    const part = names.find((one) => partBlob(folder, one) === name);
    const bytes = part === undefined ? undefined : await blobs.read(runsContainer, name);
    if (part !== undefined && bytes !== undefined) parts.set(part, readAdds(Buffer.from(bytes).toString("utf8")));
  }
  return parts;
}

function partBlob(folder: string, name: string): string {
  return `${folder}/${encodeURIComponent(name)}.json`;
}

/** JSON knows no NaN, which is what a difference is where the metric is undefined. */
function readAdds(json: string): EvaluationPart["adds"] {
  const adds = JSON.parse(json) as EvaluationPart["adds"];
  const known = (value: number | null) => value ?? Number.NaN;
  const differences = adds.differences?.map((one) => ({
    ...one,
    difference: known(one.difference),
    low: known(one.low),
    high: known(one.high),
  }));
  return { ...adds, ...(differences && { differences }) };
}
