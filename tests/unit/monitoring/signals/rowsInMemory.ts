import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { FeatureTable } from "../../../../shared/featureTable";
import type { MonitoringReference } from "../../../../shared/monitoring/reference";
import { countedRows, referenceRows } from "../../../../shared/monitoring/referenceRows";
import type { SignalSettings, Watched, WatchedInput, WatchedModel } from "../../../../shared/monitoring/signals/signal";
import { type TrainingProfile, trainingProfile } from "../../../../shared/monitoring/trainingProfile";
import type { CellFaults, TimeRange, WindowProfile } from "../../../../shared/monitoring/windowProfile";
import { hourMs } from "../../../../shared/time";
import { usecaseSpec } from "../../../../shared/usecase/usecaseSpec";
import { watchedWith } from "./watchedRows";

export type Cell = number | string | null;

/** A captured row: cells in the order of the inputs, numbers first. */
export interface Row {
  at: number;
  entity: string;
  cells: Cell[];
  /** fields beside the inputs */
  more?: string[];
}

/** A model with its training rows, and what monitoring keeps of them. */
export interface InMemory {
  model: WatchedModel;
  training: TrainingProfile;
  reference: MonitoringReference;
}

const noPredictions = { rows: 0, labels: {}, scores: {} };

/** The inputs of a shipped use case, numbers first, and the rows of its sample in order of time. */
export function sampleRows(usecase: string, sample: string): { model: WatchedModel; rows: Row[] } {
  const spec = usecaseSpec.parse(JSON.parse(readFileSync(`models/${usecase}/usecase.json`, "utf8")));
  const file = readFileSync(`models/${usecase}/${sample}`);
  const text = (sample.endsWith(".gz") ? gunzipSync(file) : file).toString("utf8").trimEnd();
  const [header, ...lines] = text.split("\n").map((line) => line.split(","));
  const inputs = spec.features.map((name): WatchedInput => {
    const column = spec.columns[name];
    if (column.type === "timestamp") throw new Error(`${name} is a time`);
    const { type, ...declared } = column;
    const { min, max, unit, values } = {
      min: undefined,
      max: undefined,
      unit: undefined,
      values: undefined,
      ...declared,
    };
    return { name, type, nullable: true, sentinels: column.sentinels, min, max, unit, values };
  });
  const places = inputs.map(({ name }) => header.indexOf(name));
  const timeAt = header.indexOf(spec.time ?? "");
  const entityAt = header.indexOf(spec.entity ?? "");
  const rows = lines.map((line, row) => ({
    at: timeAt < 0 ? row : Date.parse(line[timeAt]),
    entity: entityAt < 0 ? "" : line[entityAt],
    cells: places.map(
      (at, i): Cell => (line[at] === "" ? null : inputs[i].type === "number" ? Number(line[at]) : line[at]),
    ),
  }));
  const model: WatchedModel = {
    ...{ name: usecase, task: "classification", classes: ["a", "b"], positive: "b", slices: [] },
    ...{ inputs, isSeries: timeAt >= 0 },
  };
  return { model, rows: rows.sort((a, b) => a.at - b.at) };
}

/** What training keeps of rows. */
export function trainedOn(model: WatchedModel, rows: Row[]): InMemory {
  const table = tableOf(model, rows, levelsOf(model, rows));
  const times = model.isSeries ? Float64Array.from(rows, ({ at }) => at) : undefined;
  const training = trainingProfile(table, times);
  const entityNames = [...new Set(rows.map(({ entity }) => entity))];
  const entities = Int32Array.from(rows, ({ entity }) => entityNames.indexOf(entity));
  const kept = referenceRows({ table, times, ...(model.isSeries && { entities }), bins: training.bins });
  const holdout = { predictions: noPredictions, probabilities: [], truths: [], predicted: [] };
  return { model, training, reference: { ...kept, holdout } };
}

function levelsOf({ inputs }: WatchedModel, rows: Row[]): string[][] {
  return inputs.map(({ type }, i) =>
    type === "number"
      ? []
      : [...new Set(rows.flatMap(({ cells }) => (cells[i] === null ? [] : [String(cells[i])])))].sort(),
  );
}

/** Values as a graph gets them; a category beyond the levels is one that training never saw. */
function tableOf({ inputs }: WatchedModel, rows: Row[], levels: string[][]): FeatureTable {
  const columns = inputs.map((input, i) => ({ input, i }));
  return {
    rowCount: rows.length,
    numbers: columns
      .filter(({ input }) => input.type === "number")
      .map(({ input, i }) => ({
        name: input.name,
        values: Float32Array.from(rows, ({ cells }) => numberOf(input, cells[i])),
      })),
    categories: columns
      .filter(({ input }) => input.type === "category")
      .map(({ input, i }) => {
        const code = (cell: Cell) =>
          cell === null ? -1 : levels[i].includes(String(cell)) ? levels[i].indexOf(String(cell)) : levels[i].length;
        return { name: input.name, levels: levels[i], codes: Int32Array.from(rows, ({ cells }) => code(cells[i])) };
      }),
  };
}

function numberOf(
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, sentinels }: WatchedInput,
  cell: Cell,
): number {
  return typeof cell === "number" && cell >= min && cell <= max && !sentinels.includes(cell) ? cell : Number.NaN;
}

/** The rows of a range as capture counts them. */
export function windowOf({ model, training }: InMemory, rows: Row[], range: TimeRange): WindowProfile {
  const levels = training.bins.map((bins) => (bins.type === "category" ? bins.levels : []));
  const { inputs, moments } = countedRows(tableOf(model, rows, levels), training.bins, 0, rows.length);
  const unseenValues: WindowProfile["unseenValues"] = Object.fromEntries(model.inputs.map(({ name }) => [name, {}]));
  const faults = model.inputs.map((input, i) =>
    faultsOf(rows, i, { input, training, unseen: unseenValues[input.name] }),
  );
  const unknownFields: Record<string, number> = {};
  for (const { more = [] } of rows) for (const name of more) unknownFields[name] = (unknownFields[name] ?? 0) + 1;
  const copies = new Set(rows.map((row) => JSON.stringify(row)));
  return {
    ...{ range, rows: rows.length, inputs, faults, moments, predictions: noPredictions, unknownFields, unseenValues },
    duplicateRows: rows.length - copies.size,
    ...(rows.length > 0 && { newestAt: new Date(rows[rows.length - 1].at) }),
    ...{ refused: {}, unreadableRequests: 0, omittedRows: 0, lostRequests: 0 },
  };
}

function faultsOf(
  rows: Row[],
  i: number,
  { input, training, unseen }: { input: WatchedInput; training: TrainingProfile; unseen: Record<string, number> },
): CellFaults {
  const faults: CellFaults = {
    missing: 0,
    wrongType: 0,
    outOfRange: 0,
    outside: null,
    beyondFences: 0,
    sentinels: 0,
    longestRun: 0,
  };
  const bins = training.bins[i];
  const trained = training.profile.features[i];
  const runs = new Map<string, { cell: Cell; length: number }>();
  for (const { entity, cells } of rows) {
    const cell = cells[i];
    const run = runs.get(entity);
    const length = cell === null ? 0 : run?.cell === cell ? run.length + 1 : 1;
    runs.set(entity, { cell, length });
    faults.longestRun = Math.max(faults.longestRun, length);
    if (cell === null) faults.missing++;
    else if (typeof cell !== input.type.replace("category", "string")) faults.wrongType++;
    else if (input.sentinels.includes(cell)) faults.sentinels++;
    else if (typeof cell === "string") {
      if (bins.type === "category" && !bins.levels.includes(cell)) unseen[cell] = (unseen[cell] ?? 0) + 1;
    } else if (bins.type === "number" && "bins" in trained) {
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = input;
      const isOutside = cell < min || cell > max;
      if (isOutside) {
        faults.outOfRange++;
        const { sum, sumSquares, ...ends } = faults.outside ?? { sum: 0, sumSquares: 0, min: cell, max: cell };
        faults.outside = {
          sum: sum + cell,
          sumSquares: sumSquares + cell * cell,
          min: Math.min(ends.min, cell),
          max: Math.max(ends.max, cell),
        };
      }
      if (isOutside || (bins.fences && (cell < bins.fences[0] || cell > bins.fences[1]))) faults.beyondFences++;
      if (isOutside || cell < (trained.min ?? cell) || cell > (trained.max ?? cell))
        unseen[String(cell)] = (unseen[String(cell)] ?? 0) + 1;
    }
  }
  return faults;
}

/** A champion at an instant, whose captured rows are those, in order of time. */
export function watchedAt<Settings extends SignalSettings>(
  known: InMemory,
  rows: Row[],
  { at, settings, ...more }: { at: Date; settings: Settings } & Partial<Watched<Settings>>,
): Watched<Settings> {
  const { model, training, reference } = known;
  return {
    ...watchedWith(settings, {}),
    at,
    windowStart: (hours) => new Date(at.getTime() - hours * hourMs),
    model,
    trainingProfile: async () => training,
    reference: async () => reference,
    captured: async (range) => windowOf(known, between(rows, range), range),
    ...more,
  };
}

function between(rows: Row[], { from, to }: TimeRange): Row[] {
  return rows.slice(firstFrom(rows, from.getTime()), firstFrom(rows, to.getTime()));
}

function firstFrom(rows: Row[], at: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
