import { AppError } from "../../shared/errors";
import {
  cohenKappa,
  concordanceCorrelation,
  krippendorffAlpha,
  percentAgreement,
} from "../../shared/evaluation/agreementMetrics";
import type { EvaluatedTable } from "./readTable";
import type { EvaluationReport } from "./report";

export interface AgreementOptions {
  /** columns with the answers of each rater or model for the same rows, at least two */
  raters: string[];
  /** whether the columns are numbers rather than labels */
  numbers: boolean;
  /** labels from low to high, if they are ordered */
  levels: string[];
}

/** Agreement between raters or models on the same rows: for each pair, and for all together. */
export function evaluateAgreement(table: EvaluatedTable, options: AgreementOptions): EvaluationReport {
  const { raters } = options;
  if (raters.length < 2) throw new AppError("invalid_input", "name at least two columns with --raters a,b");
  return options.numbers ? agreementOfNumbers(table, raters) : agreementOfLabels(table, options);
}

function agreementOfNumbers(table: EvaluatedTable, raters: string[]): EvaluationReport {
  const columns = raters.map((name) => table.numbers(name));
  const metrics = pairs(raters).map(([a, b, name]) => [
    `concordance${name}`,
    concordanceCorrelation(columns[a], columns[b]),
  ]);
  return { rows: table.rowCount, metrics: Object.fromEntries(metrics) };
}

function agreementOfLabels(table: EvaluatedTable, { raters, levels: order }: AgreementOptions): EvaluationReport {
  const answers = raters.map((name) => table.texts(name));
  const levels = order.length > 0 ? order : [...new Set(answers.flat())].sort();
  const codes = answers.map((labels, i) => codesOf(labels, levels, raters[i]));
  const metrics: EvaluationReport["metrics"] = {};
  for (const [a, b, name] of pairs(raters)) {
    metrics[`agreement${name}`] = percentAgreement(codes[a], codes[b], levels.length);
    metrics[`kappa${name}`] = cohenKappa(codes[a], codes[b], levels.length);
    if (order.length === 0) continue;
    metrics[`linearKappa${name}`] = cohenKappa(codes[a], codes[b], levels.length, "linear");
    metrics[`quadraticKappa${name}`] = cohenKappa(codes[a], codes[b], levels.length, "quadratic");
  }
  metrics.krippendorffAlpha = krippendorffAlpha(codes, levels.length);
  return { rows: table.rowCount, metrics, details: { levels } };
}

/** Every pair of raters with a suffix that names it, which is empty if there are only two raters. */
function pairs(raters: string[]): [number, number, string][] {
  return raters.flatMap((first, a) =>
    raters.slice(a + 1).map((second, i): [number, number, string] => {
      return [a, a + 1 + i, raters.length === 2 ? "" : ` of ${first} and ${second}`];
    }),
  );
}

function codesOf(labels: string[], levels: string[], column: string): Int32Array {
  const code = new Map(levels.map((level, i) => [level, i]));
  return Int32Array.from(labels, (label, row) => {
    const found = code.get(label);
    if (found === undefined)
      throw new AppError("invalid_input", `row ${row + 1}, column "${column}": "${label}" is not one of the --levels`);
    return found;
  });
}
