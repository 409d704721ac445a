import { type CheckResult, checkResult } from "../data/checkResult";
import { hashRows } from "../data/hashRows";
import type { PreparedData } from "../data/preparedData";
import type { FeatureTable } from "../featureTable";
import { figure, percent } from "../figure";
import { timeText } from "../timeText";
import type { ChecksSpec } from "../usecase/checksSpec";
import { featurePowers } from "./leakage";

const kind = "pre-train" as const;

/** The checks of a use case's data before anything is trained on it. */
export function checkData(data: PreparedData, checks: ChecksSpec, horizonMs: number): CheckResult[] {
  return [
    shape(data),
    columns(data),
    ...(data.task === "classification" ? [balance(data, checks.classBalance)] : []),
    leakage(data, checks.leakage),
    overlap(data, checks.overlap),
    ...(data.times ? [timeOrder(data, data.times, horizonMs)] : []),
  ];
}

function shape({ table, trainRows, holdoutRows }: PreparedData): CheckResult {
  const features = table.numbers.length + table.categories.length;
  const ok = trainRows.length >= 10 * features;
  const summary = `${trainRows.length} training rows, ${holdoutRows.length} hold-out rows, ${features} features${ok ? "" : "; fewer than ten training rows per feature"}`;
  return checkResult({ name: "shape", kind, severity: "warn", ok, summary });
}

/** Columns without information in the training rows, and how much is missing. */
function columns({ table, trainRows }: PreparedData): CheckResult {
  const described = [
    ...table.numbers.map(({ name, values }) => ({ name, ...spread(trainRows, (row) => values[row], Number.isNaN) })),
    ...table.categories.map(({ name, codes }) => ({
      name,
      ...spread(
        trainRows,
        (row) => codes[row],
        (code) => code < 0,
      ),
    })),
  ];
  const constant = described.filter(({ distinct }) => distinct < 2).map(({ name }) => name);
  const gappy = described.filter(({ missing }) => missing > 0.5).map(({ name }) => name);
  const faults = [
    ...(constant.length > 0 ? [`the same in every training row: ${constant.join(", ")}`] : []),
    ...(gappy.length > 0 ? [`missing in more than half of them: ${gappy.join(", ")}`] : []),
  ];
  const summary = faults.length > 0 ? faults.join("; ") : "every feature varies and is mostly known";
  const missing = Object.fromEntries(described.filter((one) => one.missing > 0).map((one) => [one.name, one.missing]));
  return checkResult({
    name: "ranges",
    kind,
    severity: "warn",
    ok: faults.length === 0,
    summary,
    evidence: { missing },
  });
}

function spread(rows: Int32Array, at: (row: number) => number, isMissing: (value: number) => boolean) {
  const seen = new Set<number>();
  let missing = 0;
  for (const row of rows) {
    if (isMissing(at(row))) missing++;
    else if (seen.size < 2) seen.add(at(row));
  }
  return { distinct: seen.size, missing: missing / rows.length };
}

function balance({ classes, target, trainRows }: PreparedData, { minRows, severity }: ChecksSpec["classBalance"]) {
  const counts = classes.map(() => 0);
  for (const row of trainRows) counts[target[row]]++;
  const least = Math.min(...counts);
  const name = classes[counts.indexOf(least)];
  const summary = `the rarest class, "${name}", has ${least} training rows (${percent(least / trainRows.length)}); at least ${minRows} are required`;
  const evidence = Object.fromEntries(classes.map((one, code) => [one, counts[code]]));
  return checkResult({ name: "class balance", kind, severity, ok: least >= minRows, summary, evidence });
}

function leakage(data: PreparedData, { limit, severity }: ChecksSpec["leakage"]): CheckResult {
  const powers = featurePowers(data).sort((a, b) => b.power - a.power);
  const [strongest] = powers;
  const what = data.values ? "share of the label's variance" : "ROC area";
  const leaking = powers.filter(({ power }) => power >= limit);
  const summary =
    leaking.length > 0
      ? `${leaking.map(({ feature }) => feature).join(", ")} alone predicts the label (${what} ${figure(strongest.power)}, limit ${limit}): it may contain the answer; leave it out, or, if it may be known, set checks.leakage.severity to "warn"`
      : `no feature alone predicts the label; the strongest is ${strongest.feature} (${what} ${figure(strongest.power)})`;
  const evidence = Object.fromEntries(powers.slice(0, 10).map(({ feature, power }) => [feature, power]));
  return checkResult({ name: "label leakage", kind, severity, ok: leaking.length === 0, summary, evidence });
}

/**
 * Labels of hold-out rows differ from those of equal training rows at least by this share of what they differ from any:
 * such rows are not copies.
 */
const leastDifference = 0.1;

function overlap(data: PreparedData, { maxShare, blockShare, severity }: ChecksSpec["overlap"]): CheckResult {
  const { shared, difference } = equalRows(data);
  const share = shared / data.holdoutRows.length;
  const areEvents = difference >= leastDifference;
  const limit = severity === undefined && share > blockShare ? blockShare : maxShare;
  const found = `${shared} hold-out rows (${percent(share)}) have the features of a training row`;
  const summary = areEvents
    ? `${found}, but their labels differ (${percent(difference)} of what those of any two rows do): they are events of their own`
    : `${found} and its label; at most ${percent(limit)} are allowed${share > limit ? ': leave copies out, or, if they are events of their own, set checks.overlap.severity to "warn"' : ""}`;
  return checkResult({
    name: "train/test overlap",
    kind,
    severity: severity ?? (share > blockShare ? "block" : "warn"),
    ok: share <= maxShare || areEvents,
    summary,
    evidence: { share, difference },
  });
}

/** Rows with the same features: how many, and how many of each label. */
class LabelCounts {
  rows = 0;
  private readonly counts = new Map<number, number>();

  add(label: number): void {
    this.rows++;
    this.counts.set(label, (this.counts.get(label) ?? 0) + 1);
  }

  /** Share of the rows that have another label. */
  others(label: number): number {
    return 1 - (this.counts.get(label) ?? 0) / this.rows;
  }

  /** Share of pairs that have two labels. */
  spread(): number {
    return 1 - [...this.counts.values()].reduce((sum, count) => sum + (count / this.rows) ** 2, 0);
  }
}

/**
 * How many hold-out rows have equal training rows, and how much their labels differ from theirs, as a share of what
 * labels differ on the whole.
 */
function equalRows({ table, trainRows, holdoutRows, target, values }: PreparedData) {
  const labels: ArrayLike<number> = values ?? target;
  const hashes = hashTable(table);
  const groups = new Map<number, LabelCounts>();
  const whole = new LabelCounts();
  for (const row of trainRows) {
    const group = groups.get(hashes[row]) ?? new LabelCounts();
    groups.set(hashes[row], group);
    group.add(labels[row]);
    whole.add(labels[row]);
  }
  let shared = 0;
  let near = 0;
  for (const row of holdoutRows) {
    const group = groups.get(hashes[row]);
    if (group === undefined) continue;
    shared++;
    near += group.others(labels[row]);
  }
  return { shared, difference: shared === 0 ? 0 : near / shared / whole.spread() };
}

function hashTable({ numbers, categories, rowCount }: FeatureTable): Float64Array {
  const columns = [
    ...numbers.map(({ values }) => Float64Array.from(values)),
    ...categories.map(({ levels, codes }) => Array.from(codes, (code) => levels[code] ?? null)),
  ];
  return hashRows(columns, rowCount, 1);
}

/** No training label may have been observed after the hold-out begins; a split that mixes times on purpose says so. */
function timeOrder({ trainRows, holdoutRows }: PreparedData, times: Float64Array, horizonMs: number): CheckResult {
  const latest = trainRows.reduce((most, row) => Math.max(most, times[row] + horizonMs), Number.NEGATIVE_INFINITY);
  const earliest = holdoutRows.reduce((least, row) => Math.min(least, times[row]), Number.POSITIVE_INFINITY);
  const show = (time: number) => timeText(new Date(time).toISOString());
  const ok = latest <= earliest;
  const summary = `the last training label is from ${show(latest)}, the hold-out begins at ${show(earliest)}${ok ? "" : ": the split mixes times, so the hold-out flatters what changes with time"}`;
  return checkResult({ name: "time order", kind, severity: "warn", ok, summary });
}
