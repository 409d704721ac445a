import { figure } from "../../figure";
import { hourMs } from "../../time";
import type { Finding } from "../finding";
import type { IntegritySettings } from "./integritySettings";

/** rows of earlier weeks below which their number says nothing */
const leastExpected = 10;
/** so many more than ever, at least, are too many */
const leastSurplus = 100;

export interface VolumeEvidence {
  rows: number;
  /** rows of the same hours of earlier weeks, or days, in which the service was in use */
  earlier: number[];
  /** the earlier times, in words: "the same hours of the last 4 weeks" */
  earlierTimes: string;
  settings: IntegritySettings;
}

/** The number of rows beside that of the same hours of earlier weeks. */
export function judgeVolume({ rows, earlier, earlierTimes, settings }: VolumeEvidence): Finding {
  const told = { subject: "all", statistic: "rows", value: rows, targetRows: rows };
  if (earlier.length < 2)
    return {
      ...told,
      threshold: null,
      thresholdOrigin: "none",
      verdict: "insufficient_data",
      reason: "there is no earlier week, nor are there two earlier days, to compare the number of rows with",
    };
  const fewest = Math.min(...earlier);
  const most = Math.max(...earlier);
  const low = fewest < leastExpected ? 0 : fewest * settings.lowVolume;
  const high = Math.max(most * settings.highVolume, most + leastSurplus);
  const judged = { ...told, baselineRows: most, thresholdOrigin: `rows in ${earlierTimes}`, more: { low, high } };
  if (rows < low)
    return {
      ...judged,
      threshold: low,
      verdict: "drift",
      reason: `${rows} rows came, and at least ${fewest} in ${earlierTimes}`,
    };
  if (rows > high)
    return {
      ...judged,
      threshold: high,
      verdict: "drift",
      reason: `${rows} rows came, and at most ${most} in ${earlierTimes}`,
    };
  return { ...judged, threshold: low, verdict: "ok" };
}

export interface FreshnessEvidence extends VolumeEvidence {
  at: Date;
  /** of the newest row, where one is known */
  newestAt?: Date;
  /** from when on rows were looked for */
  from: Date;
}

/** How long no row came: by the setting, or where the same hours of every earlier week had rows and these have none. */
export function judgeFreshness(evidence: FreshnessEvidence): Finding {
  const { rows, at, newestAt, from, settings, earlier, earlierTimes } = evidence;
  const hours = (at.getTime() - (newestAt ?? from).getTime()) / hourMs;
  const threshold = settings.staleHours ?? null;
  const told = { subject: "all", statistic: "hours without rows", value: hours, threshold, targetRows: rows };
  const since =
    newestAt === undefined
      ? `no row came in the last ${figure(hours)} hours`
      : `the newest row is ${figure(hours)} hours old`;
  if (threshold !== null) {
    const judged = { ...told, thresholdOrigin: "setting (staleHours)" };
    // rows are looked for no further back than the window reaches
    const isKnown = newestAt !== undefined || hours >= threshold;
    if (hours > threshold || (newestAt === undefined && isKnown))
      return { ...judged, verdict: "drift", reason: `${since}; ${figure(threshold)} are allowed` };
    if (isKnown) return { ...judged, verdict: "ok" };
    return {
      ...judged,
      verdict: "insufficient_data",
      reason: `${since}: maxWindowHours must reach as far as staleHours`,
    };
  }
  const judged = { ...told, thresholdOrigin: earlier.length < 2 ? "none" : `rows in ${earlierTimes}` };
  if (rows > 0) return { ...judged, verdict: "ok" };
  if (earlier.length < 2)
    return {
      ...judged,
      verdict: "insufficient_data",
      reason: `${since}, and no earlier week tells whether any were due`,
    };
  if (Math.min(...earlier) < leastExpected) return { ...judged, verdict: "ok" };
  return {
    ...judged,
    verdict: "drift",
    reason: `${since}, and at least ${Math.min(...earlier)} came in ${earlierTimes}`,
  };
}

/** Whether a new dataset came within the hours that the settings expect one in. */
export function judgeNewData(newest: Date | undefined, at: Date, { expectNewDataHours }: IntegritySettings): Finding {
  const hours = newest === undefined ? null : (at.getTime() - newest.getTime()) / hourMs;
  const told = { subject: "all", statistic: "hours since the newest dataset", value: hours, targetRows: 0 };
  const judged = { ...told, threshold: expectNewDataHours ?? null, thresholdOrigin: "setting (expectNewDataHours)" };
  if (expectNewDataHours === undefined) return { ...judged, verdict: "ok", reason: "no new dataset is expected" };
  if (hours === null) return { ...judged, verdict: "insufficient_data", reason: "no dataset is registered" };
  if (hours <= expectNewDataHours) return { ...judged, verdict: "ok" };
  const reason = `the newest dataset is ${figure(hours)} hours old; one is expected every ${figure(expectNewDataHours)} hours`;
  return { ...judged, verdict: "drift", reason };
}
