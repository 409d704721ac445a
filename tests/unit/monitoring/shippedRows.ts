import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { PreparedData } from "../../../shared/data/preparedData";
import { type FeatureTable, gather, selectRows } from "../../../shared/featureTable";
import {
  addCategory,
  addNumber,
  type CategoryBins,
  type CategoryProfile,
  emptyProfile,
  type NumberBins,
  type NumberProfile,
  type Profile,
} from "../../../shared/monitoring/profile";
import { type TrainingProfile, trainingProfile } from "../../../shared/monitoring/trainingProfile";
import { usecaseSpec } from "../../../shared/usecase/usecaseSpec";
import { prepare } from "../data/inSession";

/** The rows that a shipped use case trains on, in the order of time where they have one, and their profile. */
export async function shippedRows(usecase: string, sample: string) {
  const file = readFileSync(`models/${usecase}/${sample}`);
  const spec = usecaseSpec.parse(JSON.parse(readFileSync(`models/${usecase}/usecase.json`, "utf8")));
  const data = await prepare([sample.endsWith(".gz") ? gunzipSync(file) : file], spec);
  const rows = inTimeOrder(data);
  const table = selectRows(data.table, rows);
  const times = data.times && gather(data.times, new Float64Array(rows.length), rows);
  return { spec, table, times, training: trainingProfile(table, times) };
}

function inTimeOrder({ trainRows, times }: PreparedData): Int32Array {
  return times ? trainRows.slice().sort((a, b) => times[a] - times[b]) : trainRows;
}

/** The profile of rows of `table` in the order in which they are asked. */
export function profileOfRows({ bins }: TrainingProfile, table: FeatureTable, rows: Iterable<number>): Profile {
  const profile = emptyProfile(bins);
  const { numbers, categories } = table;
  const indexes = categories.map((_column, i) => {
    const { levels } = bins[numbers.length + i] as CategoryBins;
    return new Map(levels.map((level, code) => [level, code]));
  });
  for (const row of rows) {
    profile.rows++;
    for (let i = 0; i < numbers.length; i++)
      addNumber(bins[i] as NumberBins, profile.features[i] as NumberProfile, numbers[i].values[row]);
    for (const [i, { levels, codes }] of categories.entries())
      addCategory(indexes[i], profile.features[numbers.length + i] as CategoryProfile, levels[codes[row]] ?? "");
  }
  return profile;
}
