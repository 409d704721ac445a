import { emptyProfile } from "../../monitoring/profile";
import type { TimeRange, WindowProfile } from "../../monitoring/windowProfile";
import { dayMs, hourMs, hourPath, startOfHour } from "../../time";
import { type Counted, mergeCounted, noFaults } from "../counting/counted";
import { longestRuns } from "../counting/entityRuns";
import { MomentCounter } from "../counting/momentCounter";
import { noPredictions } from "../counting/predictionCounter";
import { noCopies, repeatedRows } from "../counting/rowCopies";
import { missingLines } from "../counting/writers";
import { capturedBlobs } from "./capturedBlobs";
import { inOrder, Turns } from "./inOrder";
import { type BlobsByHour, dayCounts, hourCounts, monthCounts } from "./rollUp";
import type { WatchedLog } from "./watchedLog";

const atOnce = 8;
/** how many capture blobs are read at a time: each takes megabytes, and the processor is the limit */
const readAtOnce = 2;
const mostUnseenTold = 20;

/**
 * What was captured of a model, counted in the bins of one of its versions. Ranges are whole hours (UTC): the hour that
 * a range starts or ends in counts as a whole. A range is put together from months, days and hours.
 */
export class CaptureWindows {
  private readonly log: WatchedLog;

  constructor(log: Omit<WatchedLog, "turns">) {
    this.log = { ...log, turns: new Turns(readAtOnce) };
  }

  /** Everything that was captured in a range, as far as it is written by now. */
  async read(range: TimeRange): Promise<WindowProfile> {
    const { log } = this;
    const hours = wholeHours(range);
    const blobs = await capturedBlobs(log.blobs, log.model, hours);
    const parts = await inOrder(unitsOf(hours), atOnce, (unit) => unit(log, blobs));
    const empty = noCounts(log);
    return windowOf(
      parts.reduce<Counted>((sum, part) => (part ? mergeCounted(sum, part) : sum), empty),
      range,
    );
  }
}

function wholeHours({ from, to }: TimeRange): TimeRange {
  const end = startOfHour(to.getTime() + hourMs - 1);
  return { from: new Date(startOfHour(from.getTime())), to: new Date(end) };
}

type Unit = (log: WatchedLog, blobs: BlobsByHour) => Promise<Counted | undefined>;

/** Whole months where a range contains them, else whole days, else hours. */
function unitsOf({ from, to }: TimeRange): Unit[] {
  const units: Unit[] = [];
  for (let time = from.getTime(); time < to.getTime(); ) {
    const path = hourPath(new Date(time));
    const isDay = time % dayMs === 0;
    const nextMonth = Date.UTC(Number(path.slice(0, 4)), Number(path.slice(5, 7)), 1);
    if (isDay && path.slice(8, 10) === "01" && nextMonth <= to.getTime()) {
      units.push((log, blobs) => monthCounts(log, path.slice(0, "2013/07".length), blobs));
      time = nextMonth;
    } else if (isDay && time + dayMs <= to.getTime()) {
      units.push((log, blobs) => dayCounts(log, path.slice(0, "2013/07/01".length), blobs));
      time += dayMs;
    } else {
      units.push((log, blobs) => hourCounts(log, path, blobs));
      time += hourMs;
    }
  }
  return units;
}

function noCounts({ training: { bins }, valueEdges }: WatchedLog): Counted {
  const numbers = bins.filter(({ type }) => type === "number").map(({ name }) => name);
  return {
    rows: 0,
    inputs: emptyProfile(bins),
    faults: bins.map(noFaults),
    runs: {},
    moments: new MomentCounter(numbers).total(),
    predictions: noPredictions(valueEdges),
    copies: noCopies(),
    unknownFields: {},
    unseenValues: {},
    refused: {},
    unreadableRequests: 0,
    omittedRows: 0,
    writers: {},
  };
}

function windowOf(counted: Counted, range: TimeRange): WindowProfile {
  const { runs, copies, writers, newestAt, unseenValues, faults, ...same } = counted;
  const longest = longestRuns(runs, faults.length);
  const told = Object.entries(unseenValues).map(([column, values]) => [column, mostFrequent(values)]);
  return {
    ...same,
    range,
    faults: faults.map((one, i) => ({ ...one, longestRun: longest[i] })),
    duplicateRows: repeatedRows(copies, counted.rows),
    unseenValues: Object.fromEntries(told),
    ...(newestAt !== undefined && { newestAt: new Date(newestAt) }),
    lostRequests: missingLines(writers),
  };
}

function mostFrequent(values: Record<string, number>): Record<string, number> {
  const sorted = Object.entries(values).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return Object.fromEntries(sorted.slice(0, mostUnseenTold));
}
