import { copyFile } from "node:fs/promises";
import path from "node:path";
import { prepareDataset } from "../../shared/data/prepareDataset";
import type { PreparedData } from "../../shared/data/preparedData";
import { gather, type NumberColumn, selectRows } from "../../shared/featureTable";
import { driftSettings } from "../../shared/monitoring/driftSettings";
import { packageRoot } from "../../shared/packageRoot";
import { createDuckDb } from "../../shared/sql/duckdb";
import { hourMs } from "../../shared/time";
import { loadUsecases } from "../../shared/usecase/loadUsecases";
import type { UsecaseSpec } from "../../shared/usecase/usecaseSpec";
import { hoursAWeek, type Series, steadySeries } from "./series";
import { type TrainedSeries, trainOn } from "./watchSeries";

/** Seeds of series that nothing was tuned on: 1 to 3 were looked at while the thresholds were made. */
export const unusedSeeds = [11, 12, 13, 14, 15];

export const weekMs = hoursAWeek * hourMs;

/** A version, and the starts of the weeks after its training rows. */
export interface WatchedWeeks {
  name: string;
  trained: TrainedSeries;
  starts: number[];
  /** numbers of each entity from hour to hour, NaN where there is no row, without the cyclic ones */
  hourly: HourlyNumbers[];
}

export type HourlyNumbers = Pick<NumberColumn, "name" | "values">[];

/** A version that was trained on the first weeks of a simulated series. */
export function simulatedWeeks(trainWeeks: number, weeks: number, seed: number): WatchedWeeks {
  const series = steadySeries(trainWeeks + weeks, seed);
  const until = series.times[trainWeeks * hoursAWeek];
  const starts = Array.from({ length: weeks }, (_, week) => until + week * weekMs);
  const hourly = [series.table.numbers.filter(({ name }) => series.cycles[name] === undefined)];
  return { name: `simulated, seed ${seed}`, trained: trainOn(series, until), starts, hourly };
}

/** The samples of the use cases that ship and are series, each with the weeks of its own hold-out rows. */
export async function sampleWeeks(): Promise<WatchedWeeks[]> {
  const found: WatchedWeeks[] = [];
  for (const { spec, folder } of loadUsecases(path.join(packageRoot(), "models")).values()) {
    if (spec.sample === undefined || spec.time === undefined) continue;
    const sample = path.join(folder, spec.sample);
    const data = await createDuckDb().withSession(async (session, place) => {
      const copy = path.join(place, path.basename(sample));
      await copyFile(sample, copy);
      return prepareDataset(session, [{ version: 1, path: copy }], spec);
    });
    if (data.times === undefined) continue;
    const { times } = data;
    const rows = Int32Array.from([...data.trainRows, ...data.holdoutRows]).sort((a, b) => times[a] - times[b]);
    const ordered = gather(times, new Float64Array(rows.length), rows);
    const first = data.holdoutRows.reduce((least, row) => Math.min(least, times[row]), Number.POSITIVE_INFINITY);
    const cycles = cyclesOf(spec.columns);
    const trained = trainOn({ table: selectRows(data.table, rows), times: ordered, cycles }, first);
    const weeks = Math.floor((ordered[ordered.length - 1] - first) / weekMs);
    const hourly = hourlyByEntity(data, cycles, spec.entity);
    found.push({ name: `sample of ${spec.name}`, trained, starts: startsOf(first, weeks), hourly });
  }
  return found;
}

/** The cyclic columns, with the length of their cycles. */
function cyclesOf(columns: UsecaseSpec["columns"]): Series["cycles"] {
  const cycles: Series["cycles"] = {};
  for (const [name, column] of Object.entries(columns))
    if ("cyclic" in column && column.cyclic !== undefined) cycles[name] = column.cyclic;
  return cycles;
}

/** The entity must be among the slices; rows whose entity is not known are taken as one. */
function hourlyByEntity(
  { table, times = new Float64Array(), sliceTable }: PreparedData,
  cycles: Series["cycles"],
  entity: string | undefined,
): HourlyNumbers[] {
  const codes = sliceTable?.categories.find(({ name }) => name === entity)?.codes ?? new Int32Array(times.length);
  const first = times.reduce((least, time) => Math.min(least, time));
  const hours = Math.round((times.reduce((most, time) => Math.max(most, time)) - first) / hourMs) + 1;
  return [...new Set(codes)].map((one) =>
    table.numbers
      .filter(({ name }) => cycles[name] === undefined)
      .map(({ name, values }) => {
        const byHour = new Float32Array(hours).fill(Number.NaN);
        for (const [row, code] of codes.entries())
          if (code === one) byHour[Math.round((times[row] - first) / hourMs)] = values[row];
        return { name, values: byHour };
      }),
  );
}

function startsOf(first: number, weeks: number): number[] {
  return Array.from({ length: weeks }, (_, week) => first + week * weekMs);
}

/** The settings that ship, with windows of a week. */
export const weekly = driftSettings.parse({ windowHours: hoursAWeek });
