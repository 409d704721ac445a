import { copyFile } from "node:fs/promises";
import path from "node:path";
import { prepareDataset } from "../../shared/data/prepareDataset";
import { gather, selectRows } from "../../shared/featureTable";
import { driftSettings } from "../../shared/monitoring/driftSettings";
import { packageRoot } from "../../shared/packageRoot";
import { createDuckDb } from "../../shared/sql/duckdb";
import { hourMs } from "../../shared/time";
import { loadUsecases } from "../../shared/usecase/loadUsecases";
import { hoursAWeek, steadySeries } from "./series";
import { type TrainedSeries, trainOn } from "./watchSeries";

export const weekMs = hoursAWeek * hourMs;

/** A version, and the starts of the weeks after its training rows. */
export interface WatchedWeeks {
  name: string;
  trained: TrainedSeries;
  starts: number[];
}

/** A version that was trained on the first weeks of a simulated series. */
export function simulatedWeeks(trainWeeks: number, weeks: number, seed: number): WatchedWeeks {
  const series = steadySeries(trainWeeks + weeks, seed);
  const until = series.times[trainWeeks * hoursAWeek];
  const starts = Array.from({ length: weeks }, (_, week) => until + week * weekMs);
  return { name: `simulated, seed ${seed}`, trained: trainOn(series, until), starts };
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
    const trained = trainOn({ table: selectRows(data.table, rows), times: ordered, cycles: {} }, first);
    const weeks = Math.floor((ordered[ordered.length - 1] - first) / weekMs);
    found.push({ name: `sample of ${spec.name}`, trained, starts: startsOf(first, weeks) });
  }
  return found;
}

function startsOf(first: number, weeks: number): number[] {
  return Array.from({ length: weeks }, (_, week) => first + week * weekMs);
}

/** The settings that ship, with windows of a week. */
export const weekly = driftSettings.parse({ windowHours: hoursAWeek });
