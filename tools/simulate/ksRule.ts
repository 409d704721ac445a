import type { FeatureTable } from "../../shared/featureTable";

/** Kolmogorov's limit at p = 0.05 (N. Smirnov, 1948) */
const limit = 1.3581;

/** Whether any number of a window differs from the training rows by the two-sample KS test at p < 0.05. */
export function ksRule(trained: FeatureTable, window: FeatureTable): boolean {
  return trained.numbers.some(({ values }, i) => differs(known(values), known(window.numbers[i].values)));
}

function known(values: Float32Array): Float32Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

function differs(a: Float32Array, b: Float32Array): boolean {
  let [i, j, distance] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  return distance > limit * Math.sqrt((a.length + b.length) / (a.length * b.length));
}
