import { dayMs, hourMs } from "../../time";
import type { HourOutcomes, OutcomeProfile } from "../outcomeProfile";
import type { PartedOutcomes } from "./metricInterval";
import { sumOutcomes } from "./sumOutcomes";

/** By days where rows are a series, since neighbouring hours err alike; else by hours. */
export function outcomesByPart(
  hours: readonly HourOutcomes[],
  { classes, isSeries }: { classes: string[]; isSeries: boolean },
): PartedOutcomes {
  const parts = new Map<number, OutcomeProfile[]>();
  for (const { hour, outcomes } of hours) {
    const part = partOf(hour, isSeries);
    const known = parts.get(part);
    if (known === undefined) parts.set(part, [outcomes]);
    else known.push(outcomes);
  }
  const summed = [...parts.values()].map((some) => sumOutcomes(classes, some));
  return { whole: sumOutcomes(classes, summed), parts: summed };
}

/** The number of the day of an hour where rows are a series, else of the hour. */
export function partOf(hour: Date, isSeries: boolean): number {
  return Math.floor(hour.getTime() / (isSeries ? dayMs : hourMs));
}
