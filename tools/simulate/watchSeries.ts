import { type JudgedWindow, judgeWindow } from "../../shared/alerts/confirmation";
import { inputDriftRule } from "../../shared/alerts/rules";
import { type FeatureTable, gather, selectRows } from "../../shared/featureTable";
import type { DriftSettings } from "../../shared/monitoring/driftSettings";
import { emptyPredictions } from "../../shared/monitoring/predictionProfile";
import type { MonitoringReference } from "../../shared/monitoring/reference";
import { countedRows, referenceRows } from "../../shared/monitoring/referenceRows";
import { inputDrift } from "../../shared/monitoring/signals/inputDrift";
import { monitorsSpec, signals } from "../../shared/monitoring/signals/registry";
import type { EarlierResult, Evaluation, Watched, WatchedModel } from "../../shared/monitoring/signals/signal";
import { type TrainingProfile, trainingProfile } from "../../shared/monitoring/trainingProfile";
import type { TimeRange, WindowProfile } from "../../shared/monitoring/windowProfile";
import { hourMs } from "../../shared/time";
import type { Series } from "./series";

/** A version that was trained on the first rows of a series, and the rows that come after. */
export interface TrainedSeries {
  model: WatchedModel;
  training: TrainingProfile;
  reference: MonitoringReference;
  trainedTable: FeatureTable;
  /** rows after the training rows */
  table: FeatureTable;
  times: Float64Array;
}

export function trainOn({ table, times, cycles }: Series, trainedUntil: number): TrainedSeries {
  const rows = (wanted: (time: number) => boolean) =>
    Int32Array.from(Array.from(times.keys()).filter((row) => wanted(times[row])));
  const before = rows((time) => time < trainedUntil);
  const after = rows((time) => time >= trainedUntil);
  const trained = selectRows(table, before);
  const trainedTimes = gather(times, new Float64Array(before.length), before);
  const training = trainingProfile(trained, trainedTimes);
  return {
    model: modelOf(table, cycles),
    training,
    trainedTable: trained,
    reference: {
      ...referenceRows({ table: trained, times: trainedTimes, bins: training.bins }),
      holdout: { predictions: emptyPredictions(), probabilities: [], truths: [], predicted: [] },
    },
    table: selectRows(table, after),
    times: gather(times, new Float64Array(after.length), after),
  };
}

function modelOf({ numbers, categories }: FeatureTable, cycles: Series["cycles"]): WatchedModel {
  const plain = { sentinels: [], nullable: true };
  return {
    name: "series",
    task: "classification",
    classes: ["no", "yes"],
    positive: "yes",
    inputs: [
      ...numbers.map(({ name }) => ({
        ...plain,
        name,
        type: "number" as const,
        ...(cycles[name] && { cyclic: cycles[name] }),
      })),
      ...categories.map(({ name, levels }) => ({ ...plain, name, type: "category" as const, values: [...levels] })),
    ],
    slices: [],
    isSeries: true,
  };
}

/** Rows that were captured after training. */
export type LaterRows = Pick<TrainedSeries, "table" | "times">;

export interface WatchedWindow {
  start: number;
  evaluation: Evaluation;
  /** an alert of the inputs is open at the end of the window */
  isOpen: boolean;
}

/**
 * What the monitor of inputs says of windows that start at `starts`, one after the other; alerts open as their
 * conditions ask, with the counting that the store uses.
 */
export async function watchWindows(
  { model, training, reference }: TrainedSeries,
  later: LaterRows,
  starts: readonly number[],
  settings: DriftSettings,
): Promise<WatchedWindow[]> {
  const alert = new InputAlert();
  const earlier: EarlierResult[] = [];
  const found: WatchedWindow[] = [];
  for (const start of starts) {
    const range = { from: new Date(start), to: new Date(start + settings.windowHours * hourMs) };
    const watched = watchedWindow({ model, training, reference }, later, range, settings);
    const evaluation = await inputDrift.evaluate({ ...watched, earlier: async (limit) => earlier.slice(0, limit) });
    found.push({ start, evaluation, isOpen: alert.take(evaluation, range) });
    const window = { windowStart: range.from.toISOString(), windowEnd: range.to.toISOString() };
    const { verdict, findings } = evaluation;
    earlier.unshift({ at: window.windowEnd, ...window, version: 1, verdict, findings });
  }
  return found;
}

/** What signals may see of a window. */
function watchedWindow<Settings>(
  { model, training, reference }: Pick<TrainedSeries, "model" | "training" | "reference">,
  later: LaterRows,
  range: TimeRange,
  settings: Settings,
): Watched<Settings> {
  const { inputs } = countedIn(later, training, range);
  const hours = (range.to.getTime() - range.from.getTime()) / hourMs;
  return {
    ...{ model, version: 1, settings, at: range.to },
    windowStart: () => range.from,
    trainingProfile: async () => training,
    reference: async () => reference,
    capturedRows: async () => ({ profile: inputs, rows: inputs.rows, unreadableRequests: 0, from: range.from, hours }),
    captured: async (asked) => windowProfile(later, training, asked),
    earlier: async () => [],
    // no model was trained that rows could be explained by
    attributions: async () => undefined,
    outcomes: notSimulated,
    service: notSimulated,
    newestDatasetAt: notSimulated,
  };
}

/** Signals that judge a window's rows by themselves, without truths or counts of the service. */
const ofRows = signals.filter(
  ([section, { needs }]) => section !== "service" && needs.every((need) => need !== "labels"),
);

/** The names of the signals, of all that judge a window's rows, which raise an alert of a window without a past. */
export async function alarmsOf(
  trained: TrainedSeries,
  later: LaterRows,
  start: number,
  hours: number,
): Promise<string[]> {
  const range = { from: new Date(start), to: new Date(start + hours * hourMs) };
  const settings = monitorsSpec.parse({ drift: { windowHours: hours } });
  const alarms: string[] = [];
  for (const [section, signal] of ofRows) {
    const { alerts } = await signal.evaluate(watchedWindow(trained, later, range, settings[section]));
    const raised = alerts.flatMap((change) => ("raise" in change ? [change.raise] : []));
    if (raised.some(({ confirm }) => (confirm?.needed ?? 1) === 1)) alarms.push(signal.name);
  }
  return alarms;
}

async function notSimulated(): Promise<never> {
  throw new Error("the simulation has no such counts");
}

/** Rows of the series with a time in the range. */
function countedIn({ table, times }: LaterRows, { bins }: TrainingProfile, { from, to }: TimeRange) {
  return countedRows(table, bins, rowAt(times, from.getTime()), rowAt(times, to.getTime()));
}

/** The first row at or after a time. */
export function rowAt(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function windowProfile(later: LaterRows, training: TrainingProfile, range: TimeRange): WindowProfile {
  const counted = countedIn(later, training, range);
  return {
    ...counted,
    range,
    rows: counted.inputs.rows,
    faults: faultsIn(later, training, range),
    predictions: emptyPredictions(),
    ...{ duplicateRows: 0, unknownFields: {}, unseenValues: {}, refused: {} },
    ...{ unreadableRequests: 0, omittedRows: 0, lostRequests: 0 },
  };
}

function faultsIn({ table, times }: LaterRows, { bins }: TrainingProfile, { from, to }: TimeRange) {
  const [first, end] = [rowAt(times, from.getTime()), rowAt(times, to.getTime())];
  const rows = Int32Array.from({ length: end - first }, (_, i) => first + i);
  return referenceRows({ table: selectRows(table, rows), times: times.slice(first, end), bins }).faults;
}

/** The one alert about drifted inputs, as far as windows open and end it. */
class InputAlert {
  private windows: JudgedWindow[] = [];
  private isOpen = false;

  take({ verdict, alerts }: Evaluation, { from, to }: TimeRange): boolean {
    const raised = alerts.flatMap((change) => ("raise" in change ? [change.raise] : []));
    const condition = raised.find(({ rule }) => rule === inputDriftRule);
    if (condition === undefined) {
      if (verdict !== "ok") return this.isOpen;
      this.isOpen = false;
    } else if (condition.confirm === undefined) this.isOpen = true;
    const confirm = condition?.confirm ?? { needed: 2, among: 3 };
    const next = { start: from.toISOString(), end: to.toISOString(), held: condition !== undefined };
    const { state, confirmation } = judgeWindow(this.windows, next, confirm);
    this.windows = confirmation.windows;
    if (condition !== undefined && state === "confirmed") this.isOpen = true;
    return this.isOpen;
  }
}
