import { figure } from "../../shared/figure";
import type { UsecaseSpec } from "../../shared/usecase/usecaseSpec";
import type { LearnerResult } from "./measureLearners";
import type { RollingFold } from "./rollingOrigin";

const shownMetrics = {
  classification: ["brier", "logLoss", "rocAuc", "prAuc", "accuracy", "balancedAccuracy", "mcc"],
  regression: ["rmse", "mae", "r2"],
};

/** Hold-out metrics of every learner and of the baselines, as Markdown. */
export function learnerTable(spec: UsecaseSpec, results: LearnerResult[]): string {
  const isNumber = "rmse" in results[0].evaluation.metrics;
  const names = shownMetrics[isNumber ? "regression" : "classification"];
  const head = [
    "",
    ...names,
    ...spec.baselines.map((name) => `${spec.selection.metric} minus ${name}'s, 95 % interval`),
  ];
  const ofMetrics = (metrics: Record<string, unknown>) => names.map((name) => show(metrics[name]));
  const rows = results.map(({ trial, evaluation }) => [
    `${trial.learner}`,
    ...ofMetrics(evaluation.metrics),
    ...spec.baselines.map((name) => interval(evaluation.differences.find(({ against }) => against === name))),
  ]);
  const baselines = Object.entries(results[0].evaluation.baselines).map(([name, metrics]) => [
    `*${name}*`,
    ...ofMetrics(metrics),
    ...spec.baselines.map(() => ""),
  ]);
  return markdownTable(head, [...rows, ...baselines]);
}

/** The setting of each learner that was selected on the folds. */
export function settingsTable(results: LearnerResult[]): string {
  const rows = results.map(({ trial, trials, foldMean, modelBytes }) => [
    trial.learner,
    String(trials),
    show(foldMean),
    String(Math.ceil(modelBytes / 1024)),
    `\`${JSON.stringify(trial.parameters)}\``,
  ]);
  return markdownTable(["learner", "settings tried", "mean over the folds", "model, KiB", "selected"], rows);
}

/** Cost and savings of the decisions, if the use case has costs. */
export function savingTable(results: LearnerResult[]): string {
  const [first] = results.flatMap(({ evaluation }) => evaluation.saving ?? []);
  if (first === undefined) return "";
  const names = first.against.map(({ name }) => name);
  const rows = results.flatMap(({ trial, evaluation: { saving } }) =>
    saving === undefined
      ? []
      : [
          [
            trial.learner,
            show(saving.model.costPerRow),
            ...saving.against.map((one) => interval({ ...one, difference: one.saving })),
          ],
        ],
  );
  const head = ["decided by", `cost, ${first.unit} per row`, ...names.map((name) => `saving against: ${name}`)];
  return markdownTable(head, rows);
}

export function rollingTable(metric: string, baseline: string, folds: RollingFold[]): string {
  const rows = folds.map((fold) => [
    fold.month,
    String(fold.trainRows),
    String(fold.testRows),
    show(fold.value),
    show(fold.baseline),
    interval(fold),
  ]);
  return markdownTable(["month", "training rows", "test rows", metric, baseline, "difference, 95 % interval"], rows);
}

function interval(found?: { difference: number; low: number; high: number }): string {
  return found === undefined ? "" : `${show(found.difference)} [${show(found.low)}, ${show(found.high)}]`;
}

function show(value: unknown): string {
  return figure(typeof value === "number" ? value : Number.NaN).replace(/^(-?)0\./, "$1.");
}

function markdownTable(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_name, at) => (at === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
