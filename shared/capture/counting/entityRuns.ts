import { firstByHash, NameSample } from "./nameSample";

/**
 * Runs of equal values by entity ("" where rows have none). An entity has a list of its columns, each of which is
 * [cells, first value, first run, last value, last run, longest run], or null where the column has no cells. A missing
 * cell is null, and ends a run.
 */
export type EntityRuns = Record<string, (ColumnRuns | null)[]>;

export type ColumnRuns = [
  cells: number,
  first: number | null,
  firstRun: number,
  last: number | null,
  lastRun: number,
  longest: number,
];

/** How many entities are followed where rows have so many columns. */
export function entitiesKept(columns: number): number {
  return Math.max(8, Math.floor(2048 / Math.max(1, columns)));
}

/** The runs of consecutive parts. */
export function mergeRuns(before: EntityRuns, after: EntityRuns, columns: number): EntityRuns {
  const merged = new Map(Object.entries(before));
  for (const [entity, next] of Object.entries(after)) {
    const own = merged.get(entity);
    merged.set(entity, own === undefined ? next : own.map((runs, i) => joined(runs, next[i])));
  }
  return firstByHash(Object.fromEntries(merged), entitiesKept(columns));
}

function joined(a: ColumnRuns | null, b: ColumnRuns | null): ColumnRuns | null {
  if (a === null || b === null) return a ?? b;
  const [aCells, aFirst, aFirstRun, aLast, aLastRun, aLongest] = a;
  const [bCells, bFirst, bFirstRun, bLast, bLastRun, bLongest] = b;
  const goesOn = aLast !== null && aLast === bFirst;
  const across = goesOn ? aLastRun + bFirstRun : 0;
  return [
    aCells + bCells,
    aFirst,
    goesOn && aFirstRun === aCells ? across : aFirstRun,
    bLast,
    goesOn && bLastRun === bCells ? across : bLastRun,
    Math.max(aLongest, bLongest, across),
  ];
}

/** The longest run of each column over all entities. */
export function longestRuns(runs: EntityRuns, columns: number): number[] {
  const longest = new Array<number>(columns).fill(0);
  for (const entity of Object.values(runs))
    for (const [i, one] of entity.entries()) longest[i] = Math.max(longest[i], one?.[5] ?? 0);
  return longest;
}

/** Follows the runs of each entity's columns while rows come. */
export class RunCounter {
  private readonly names: NameSample;
  private readonly tables: RunTable[];

  constructor(columns: number) {
    const slots = entitiesKept(columns);
    this.tables = Array.from({ length: columns }, () => new RunTable(slots));
    this.names = new NameSample(slots, (slot) => {
      for (const table of this.tables) table.clear(slot);
    });
  }

  /** The entity's slot, to be given with its rows; -1 if it is not followed. */
  slotOf(entity: string): number {
    return this.names.slotOf(entity);
  }

  /** Adds cells of a column, NaN where they are missing. */
  add(column: number, values: Float64Array, slots: Int32Array, count: number): void {
    this.tables[column].add(values, slots, count);
  }

  /** The runs so far. */
  total(): EntityRuns {
    const entries = [...this.names.entries()].map(([name, slot]) => [name, this.tables.map((one) => one.runs(slot))]);
    return Object.fromEntries(entries);
  }
}

/** The runs of one column, by slot. */
class RunTable {
  private readonly cells: Int32Array;
  private readonly first: Float64Array;
  private readonly firstRun: Int32Array;
  private readonly last: Float64Array;
  private readonly lastRun: Int32Array;
  private readonly longest: Int32Array;

  constructor(slots: number) {
    this.cells = new Int32Array(slots);
    this.first = new Float64Array(slots);
    this.firstRun = new Int32Array(slots);
    this.last = new Float64Array(slots);
    this.lastRun = new Int32Array(slots);
    this.longest = new Int32Array(slots);
  }

  add(values: Float64Array, slots: Int32Array, count: number): void {
    const { cells, first, firstRun, last, lastRun, longest } = this;
    for (let row = 0; row < count; row++) {
      const slot = slots[row];
      if (slot < 0) continue;
      const value = values[row];
      const isMissing = Number.isNaN(value);
      const isSame = cells[slot] > 0 && value === last[slot];
      const run = isMissing ? 0 : isSame ? lastRun[slot] + 1 : 1;
      if (cells[slot] === 0) first[slot] = value;
      if (firstRun[slot] === cells[slot] && (isSame || cells[slot] === 0)) firstRun[slot] = run;
      last[slot] = value;
      lastRun[slot] = run;
      if (run > longest[slot]) longest[slot] = run;
      cells[slot]++;
    }
  }

  clear(slot: number): void {
    for (const part of [this.cells, this.first, this.firstRun, this.last, this.lastRun, this.longest]) part[slot] = 0;
  }

  runs(slot: number): ColumnRuns | null {
    const { cells, first, firstRun, last, lastRun, longest } = this;
    if (cells[slot] === 0) return null;
    return [cells[slot], known(first[slot]), firstRun[slot], known(last[slot]), lastRun[slot], longest[slot]];
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
