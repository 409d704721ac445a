import { parseArgs } from "node:util";
import { messageOf } from "../../shared/errors";
import { learnerNames } from "../../shared/learners/registry";
import { canLearn, type ParityErrors, parityCase } from "./parityCase";
import type { ParityShape } from "./parityRows";

const help = `Compares every learner's predictions with those of its ONNX graph in ONNX Runtime, on seeded random tables.

  npm run bench:onnx -- [--models 100] [--learner random-forest]

  --models   models per combination, each on a table of 60 to 600 rows (default 100)
  --learner  only this learner (default all)
  --help     show this text

A table of the combinations goes to stderr; the last line on stdout is JSON. The exit code is 1 if a probability is
off by more than 1e-6, a number by more than 1e-6 of its range, or if a label differs.`;

const tolerance = 1e-6;

interface Combination extends ParityShape, ParityErrors {
  learner: string;
}

const shapes: ParityShape[] = (["binary", "three classes", "regression"] as const).flatMap((task) =>
  [false, true].flatMap((missing) => [false, true].map((categories) => ({ task, missing, categories }))),
);

async function measure(learner: string, shape: ParityShape, models: number): Promise<Combination> {
  const worst: Combination = { learner, ...shape, maxProbabilityError: 0, maxValueError: 0, wrongLabels: 0 };
  for (let seed = 1; seed <= models; seed++) merge(worst, await parityCase(learner, shape, seed));
  return worst;
}

function merge(worst: ParityErrors, found: ParityErrors): void {
  worst.maxProbabilityError = Math.max(worst.maxProbabilityError, found.maxProbabilityError);
  worst.maxValueError = Math.max(worst.maxValueError, found.maxValueError);
  worst.wrongLabels += found.wrongLabels;
}

function report({ learner, task, missing, categories, ...errors }: Combination): void {
  const shape = [task, missing ? "missing" : "", categories ? "categories" : ""].filter(Boolean).join(", ");
  const error = task === "regression" ? errors.maxValueError : errors.maxProbabilityError;
  const labels = task === "regression" ? "" : `${errors.wrongLabels} wrong labels`;
  console.error(`${learner.padEnd(22)} ${shape.padEnd(36)} ${error.toExponential(1).padStart(8)}  ${labels}`);
}

function summary(combinations: Combination[], models: number) {
  const total = (list: Combination[]): ParityErrors => {
    const worst = { maxProbabilityError: 0, maxValueError: 0, wrongLabels: 0 };
    for (const one of list) merge(worst, one);
    return worst;
  };
  const learners = [...new Set(combinations.map(({ learner }) => learner))];
  return {
    combinations: combinations.length,
    models: models * combinations.length,
    ...total(combinations),
    byLearner: learners.map((learner) => ({
      learner,
      ...total(combinations.filter((combination) => combination.learner === learner)),
    })),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      models: { type: "string", default: "100" },
      learner: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const models = Number(values.models);
  if (!Number.isInteger(models) || models < 1)
    throw new Error(`--models ${values.models}: use a whole number of at least 1`);
  if (values.learner !== undefined && !learnerNames.includes(values.learner))
    throw new Error(`--learner ${values.learner}: unknown learner; use one of ${learnerNames.join(", ")}`);
  const combinations: Combination[] = [];
  for (const learner of learnerNames) {
    if (values.learner !== undefined && learner !== values.learner) continue;
    for (const shape of shapes) {
      if (!canLearn(learner, shape)) continue;
      const found = await measure(learner, shape, models);
      report(found);
      combinations.push(found);
    }
  }
  const result = summary(combinations, models);
  console.log(JSON.stringify(result));
  if (!(result.maxProbabilityError <= tolerance && result.maxValueError <= tolerance) || result.wrongLabels > 0)
    process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
