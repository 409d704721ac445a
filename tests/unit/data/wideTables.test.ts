import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../shared/math/seededRandom";
import { usecaseSpec } from "../../../shared/usecase/usecaseSpec";
import { check, prepare } from "./inSession";

const width = 300;
const names = Array.from({ length: width }, (_, i) => `x${i}`);
const spec = usecaseSpec.parse({
  name: "wide",
  title: "Wide",
  columns: {
    ...Object.fromEntries(names.map((name) => [name, { type: "number", min: -10, max: 10, nullable: false }])),
    kind: { type: "category", values: ["a", "b"] },
  },
  label: { column: "kind", positive: "b" },
  features: names,
  split: { kind: "stratified" },
  candidates: [{ learner: "random-forest" }],
  selection: { metric: "brier" },
});
const random = seededRandom(1);
const rows = Array.from({ length: 4000 }, (_, row) => [...names.map(() => random().toFixed(4)), "ab"[row % 2]]);
const csv = (lines: string[][]) => [[...names, "kind"], ...lines].map((cells) => cells.join(",")).join("\n");

describe("a table of three hundred columns", () => {
  it("is prepared within the memory that a session has", async () => {
    const data = await prepare([csv(rows)], spec);
    expect(data.table.numbers).toHaveLength(width);
    expect(data.counts.labelled).toBe(rows.length);
    const row = data.source.row[7] - 1;
    expect(data.table.numbers.map(({ values }) => values[7])).toEqual(
      rows[row].slice(0, width).map((cell) => Math.fround(Number(cell))),
    );
  });

  it("is refused with the first faults by row, wherever in the row they stand", async () => {
    const bad = rows.map((cells) => [...cells]);
    bad[10][299] = "oops";
    bad[10][0] = "11";
    bad[2][150] = "";
    const verdict = await check(csv(bad), spec);
    expect(verdict).toMatchObject({ accepted: false, reasonCount: 3 });
    expect(verdict.reasons.map(({ row, column }) => `${row} ${column}`)).toEqual(["3 x150", "11 x0", "11 x299"]);
  });
});
