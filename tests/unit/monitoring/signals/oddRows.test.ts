import { expect, it } from "vitest";
import { seededRandom } from "../../../../shared/math/seededRandom";
import { signals } from "../../../../shared/monitoring/signals/registry";
import type { WatchedModel } from "../../../../shared/monitoring/signals/signal";
import { type Cell, type Row, trainedOn, watchedAt } from "./rowsInMemory";
import { at, model as pears } from "./watchedRows";

const ofRows = ["dataIntegrity", "upstreamChange", "driftMagnitude", "relations", "threat"];
const columns = 300;
const model: WatchedModel = {
  ...pears,
  inputs: Array.from({ length: columns }, (_, i) => ({
    name: `c${i}`,
    type: i < columns - 1 ? "number" : "category",
    sentinels: [],
    nullable: true,
  })),
};

/** A row an hour: a constant, then numbers, then a category. */
function rowsOf(count: number, seed: number, change: (cell: Cell, column: number) => Cell = (cell) => cell): Row[] {
  const random = seededRandom(seed);
  const cell = (i: number): Cell => (i === 0 ? 7 : i === columns - 1 ? ["a", "b"][Math.floor(2 * random())] : random());
  return Array.from({ length: count }, (_, row) => ({
    at: at.getTime() - (count - row) * 3_600_000,
    entity: "",
    cells: Array.from({ length: columns }, (_, i) => change(cell(i), i)),
  }));
}

const known = trainedOn(model, rowsOf(300, 1));

it.each([
  ["a constant column and 300 features", rowsOf(200, 2)],
  ["a column without any value", rowsOf(200, 2, (cell, i) => (i === 1 ? null : cell))],
  ["no value in any column", rowsOf(200, 2, () => null)],
  ["a category whose values are all new", rowsOf(200, 2, (cell, i) => (i === columns - 1 ? "new" : cell))],
  ["one row", rowsOf(1, 2)],
])("signals over rows judge %s with finite figures", async (_what, rows) => {
  for (const [section, signal] of signals.filter(([name]) => ofRows.includes(name))) {
    const found = await signal.evaluate(watchedAt(known, rows, { at, settings: signal.settings.parse({}) }));
    expect(found.sentence, section).toMatch(/\.$/);
    for (const { value, threshold } of found.findings)
      for (const figure of [value, threshold]) expect(figure ?? 0, section).toSatisfy(Number.isFinite);
    if (rows.length === 1) expect(found.verdict, section).toBe("insufficient_data");
  }
});
