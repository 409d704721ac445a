import { documentText, parseDocument } from "../documents";
import { combineParts, partNames } from "./evaluationParts";
import type { RunDocuments } from "./runDocuments";
import { evaluationDocument } from "./runSchemas";
import type { WorkerPool } from "./workerPool";
import type { EvaluateOutcome, EvaluateTask, EvaluationPart } from "./workerTasks";

/** Where the parts of an evaluation are kept. */
interface Place {
  runId: string;
  /** in the run's folder */
  folder: string;
}

type Parts = Map<string, EvaluationPart["adds"]>;

/**
 * no part is started after so long in one step; with the limit of a part it keeps a step well below a function's time
 * limit
 */
const softLimitMs = 25_000;
/** of processor time, each part */
const partLimitMs = 60_000;

/**
 * Evaluates as much of a hold-out as one step has time for; every part that is done is kept in `place` at once, and no
 * later step does it again. The outcome, or undefined where parts are left for another step.
 */
export async function evaluateInSteps(
  { results, workers }: { results: RunDocuments; workers: WorkerPool },
  place: Place,
  task: EvaluateTask,
): Promise<EvaluateOutcome | undefined> {
  const names = partNames(task);
  const parts = await readParts(results, place, names);
  const missing = names.filter((name) => !parts.has(name));
  const writes: Promise<boolean>[] = [];
  const keep = ({ name, adds }: EvaluationPart) => {
    const text = documentText(evaluationDocument, adds);
    const path = partPath(place, name);
    parts.set(name, parseDocument(evaluationDocument, Buffer.from(text), path)); // as another step would read it
    writes.push(results.keep(place.runId, { [path]: text }));
  };
  try {
    if (missing.length > 0) await workers.run({ ...task, parts: missing, softLimitMs }, partLimitMs, keep);
  } finally {
    await Promise.all(writes);
  }
  return names.every((name) => parts.has(name)) ? combineParts(task, parts) : undefined;
}

async function readParts(results: RunDocuments, place: Place, names: string[]): Promise<Parts> {
  const nameOf = new Map(names.map((name) => [partPath(place, name), name]));
  const parts: Parts = new Map();
  for (const { path, document } of await results.readAll(evaluationDocument, place.runId, place.folder)) {
    const name = nameOf.get(path);
    if (name !== undefined) parts.set(name, document);
  }
  return parts;
}

function partPath({ folder }: Place, name: string): string {
  return `${folder}/${encodeURIComponent(name)}.json`;
}
