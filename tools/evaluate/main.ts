import path from "node:path";
import { parseArgs } from "node:util";
import { AppError, messageOf } from "../../shared/errors";
import { packageRoot } from "../../shared/packageRoot";
import { loadUsecases } from "../../shared/usecase/loadUsecases";
import { evaluateAgreement } from "./evaluateAgreement";
import { evaluateClasses } from "./evaluateClasses";
import { evaluateClusters } from "./evaluateClusters";
import { evaluateLearners } from "./evaluateLearners";
import { evaluateNumbers } from "./evaluateNumbers";
import { type EvaluatedTable, readTable } from "./readTable";
import { describeReport, type EvaluationReport } from "./report";

const help = `npm run evaluate -- --task TASK [options] FILE

Evaluates predictions from any source: FILE (.csv, .csv.gz or .parquet) has one row for each prediction. Prints a
table, then the full result as one line of JSON. Intervals are bootstrap intervals. The values shown for numeric
options are the defaults.

  --task classification   --truth COLUMN and --prediction COLUMN (predicted classes), or --probability CLASS=COLUMN
                          for each class (with two classes, one is enough), or both; --positive CLASS if there are two
                          classes. --threshold 0.5 decides if there is no --prediction; --beta 2 is that of the F-score.
  --task regression       --truth COLUMN --prediction COLUMN
  --task clustering       --prediction COLUMN (clusters), and --truth COLUMN (classes), or --points x,y,... (coordinate
                          columns), or both
  --task agreement        --raters a,b,...: columns with each rater's answers for the same rows; --levels low,middle,high
                          if the labels are ordered; --numbers if the columns are numbers
  --task learners         --usecase NAME: FILE is a dataset of that use case. Splits the loss of each trial into bias
                          and variance over --fits 10 bootstrap samples. High bias (which includes label noise) suggests
                          a more flexible learner or other features; high variance suggests a simpler learner or more
                          rows.

  --blocks COLUMN         intervals resample whole blocks of rows with the same value in COLUMN (days, machines)
                          instead of single rows
  --samples 2000  --confidence 0.95  --seed 1
  --help                  show this text`;

const options = {
  task: { type: "string" },
  truth: { type: "string" },
  prediction: { type: "string" },
  probability: { type: "string", multiple: true, default: [] as string[] },
  positive: { type: "string" },
  threshold: { type: "string", default: "0.5" },
  beta: { type: "string", default: "2" },
  points: { type: "string", default: "" },
  raters: { type: "string", default: "" },
  levels: { type: "string", default: "" },
  usecase: { type: "string" },
  fits: { type: "string", default: "10" },
  numbers: { type: "boolean", default: false },
  blocks: { type: "string" },
  samples: { type: "string", default: "2000" },
  confidence: { type: "string", default: "0.95" },
  seed: { type: "string", default: "1" },
  help: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parsed>["values"];

function parsed() {
  return parseArgs({ allowPositionals: true, options });
}

async function main(): Promise<void> {
  const { values, positionals } = parsed();
  if (values.help) return console.log(help);
  if (positionals.length !== 1) throw new AppError("invalid_input", `exactly one file is needed\n\n${help}`);
  const [file] = positionals;
  const report = values.task === "learners" ? await learners(file, values) : evaluate(await readTable(file), values);
  console.log(describeReport(report));
  console.log(JSON.stringify({ task: values.task, ...report }));
}

async function learners(file: string, values: Values): Promise<EvaluationReport> {
  const name = required("usecase", values.usecase);
  const usecase = loadUsecases(path.join(packageRoot(), "models")).get(name);
  if (usecase === undefined) throw new AppError("invalid_input", `there is no use case "${name}"`);
  const fits = number("fits", values.fits, 2);
  return evaluateLearners(file, usecase.spec, { fits, onTrial: (trial) => console.error(trial) });
}

function evaluate(table: EvaluatedTable, values: Values): EvaluationReport {
  const seed = number("seed", values.seed);
  const intervals = {
    blocks: values.blocks,
    samples: number("samples", values.samples, 1),
    confidence: number("confidence", values.confidence, 0, 1),
    seed,
  };
  switch (values.task) {
    case "classification":
      return evaluateClasses(table, {
        ...intervals,
        truth: required("truth", values.truth),
        prediction: values.prediction,
        probabilities: Object.fromEntries(values.probability.map(classAndColumn)),
        positive: values.positive,
        threshold: number("threshold", values.threshold, 0, 1),
        beta: number("beta", values.beta, 0),
      });
    case "regression": {
      const prediction = required("prediction", values.prediction);
      return evaluateNumbers(table, { ...intervals, truth: required("truth", values.truth), prediction });
    }
    case "clustering": {
      const prediction = required("prediction", values.prediction);
      return evaluateClusters(table, { truth: values.truth, prediction, points: list(values.points), seed });
    }
    case "agreement":
      return evaluateAgreement(table, {
        raters: list(values.raters),
        levels: list(values.levels),
        numbers: values.numbers,
      });
    default:
      throw new AppError(
        "invalid_input",
        "--task must be classification, regression, clustering, agreement or learners",
      );
  }
}

function required(name: string, value?: string): string {
  if (value === undefined) throw new AppError("invalid_input", `--${name} is missing`);
  return value;
}

function number(name: string, text: string, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): number {
  const value = Number(text);
  if (text === "" || Number.isNaN(value) || value < least || value > most)
    throw new AppError(
      "invalid_input",
      `--${name} ${text}: a number is needed${least === 0 && most === 1 ? ", 0 to 1" : ""}`,
    );
  return value;
}

function list(text: string): string[] {
  return text === "" ? [] : text.split(",");
}

function classAndColumn(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new AppError("invalid_input", `--probability ${text}: CLASS=COLUMN is needed`);
  return [text.slice(0, at), text.slice(at + 1)];
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
