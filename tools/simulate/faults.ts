import type { FeatureTable } from "../../shared/featureTable";
import type { TrainedSeries } from "./watchSeries";

/** What goes wrong with rows from one row on. */
export interface Fault {
  name: string;
  /** the columns that it can happen to, by their place among the table's */
  columns(trained: TrainedSeries): number[];
  apply(trained: TrainedSeries, column: number, from: number): FeatureTable;
}

/** A shift of a number by so many training deviations. */
export function shiftFault(sigmas: number): Fault {
  return {
    name: `shift of ${sigmas} sigma`,
    columns: numbers,
    apply: (trained, column, from) => {
      const deviation = trained.training.reference?.features[column].shape?.deviation ?? 0;
      return withNumber(trained.table, column, from, (value) => value + sigmas * deviation);
    },
  };
}

/** Faults that one window must show. */
export const integrityFaults: Fault[] = [
  {
    name: "missing",
    columns: numbers,
    apply: ({ table }, column, from) => withNumber(table, column, from, () => Number.NaN),
  },
  {
    name: "frozen sensor",
    columns: numbers,
    apply: ({ table }, column, from) => {
      const stuck = table.numbers[column].values[from];
      return withNumber(table, column, from, () => stuck);
    },
  },
  {
    name: "sentinel",
    columns: numbers,
    apply: ({ table }, column, from) => withNumber(table, column, from, (value, row) => (row % 4 === 0 ? -999 : value)),
  },
  {
    name: "unit slip",
    columns: numbers,
    apply: ({ table }, column, from) => withNumber(table, column, from, (value) => value * 1.8 + 32),
  },
  {
    name: "new category",
    columns: ({ table }) => table.categories.map((_one, i) => table.numbers.length + i),
    apply: ({ table }, column, from) => withNewLevel(table, column - table.numbers.length, from),
  },
];

function numbers({ table }: TrainedSeries): number[] {
  return table.numbers.map((_one, i) => i);
}

function withNumber(
  table: FeatureTable,
  column: number,
  from: number,
  change: (value: number, row: number) => number,
): FeatureTable {
  const changed = table.numbers[column].values.map((value, row) => (row < from ? value : change(value, row)));
  return { ...table, numbers: table.numbers.map((one, i) => (i === column ? { ...one, values: changed } : one)) };
}

/** One row in ten has a value that training never had. */
function withNewLevel(table: FeatureTable, column: number, from: number): FeatureTable {
  const { levels, codes } = table.categories[column];
  const changed = codes.map((code, row) => (row >= from && row % 10 === 0 ? levels.length : code));
  return { ...table, categories: table.categories.map((one, i) => (i === column ? { ...one, codes: changed } : one)) };
}
