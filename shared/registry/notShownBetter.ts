import type { MetricDifference } from "./modelVersion";

/** Whether an interval may include zero; an undefined one may. */
export function mayBeZero({ low, high }: Pick<MetricDifference, "low" | "high">): boolean {
  return !(low > 0 || high < 0);
}

/** Baselines whose interval of the difference includes zero: the version may be no better than they are. */
export function notShownBetter(differences: readonly MetricDifference[] = []): string[] | undefined {
  const names = differences.filter((one) => one.against !== "champion" && mayBeZero(one)).map(({ against }) => against);
  return names.length === 0 ? undefined : names;
}

/** "not shown better than the persistence baseline", for people. */
export function notShownBetterText(baselines: readonly string[]): string {
  return `not shown better than the ${baselines.join(" and ")} baseline${baselines.length > 1 ? "s" : ""}`;
}
