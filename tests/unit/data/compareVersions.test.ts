import { describe, expect, it } from "vitest";
import { checkDataset } from "../../../shared/data/checkDataset";
import { compareWithKnown, comparisonNotes } from "../../../shared/data/compareVersions";
import type { UsecaseSpec } from "../../../shared/usecase/usecaseSpec";
import { csv, hours, machineSpec, withFiles } from "./inSession";

/** The comparison of the last content with those before it. */
const compare = (...contents: string[]) => compareBy(machineSpec(), ...contents);
const compareBy = (spec: UsecaseSpec, ...contents: string[]) =>
  withFiles(
    contents.map((content, i) => ({ name: `${i + 1}.csv`, content })),
    async (session, paths) => {
      expect((await checkDataset(session, paths.at(-1) as string, spec)).accepted).toBe(true);
      const earlier = paths.slice(0, -1).map((path, i) => ({ version: i + 1, path }));
      return compareWithKnown(session, earlier, spec);
    },
  );

const none = { fresh: 0, repeated: 0, replaced: 0, changes: [] };

describe("comparing a file with what is known", () => {
  it("tells new rows from those that repeat or replace known ones, each time of an entity once", async () => {
    const first = csv([...hours("rrrr"), ...hours("rr", "B")]);
    expect(await compare(first, first)).toEqual({ ...none, repeated: 6 });
    expect(await compare(first, csv(hours("rr", "C")))).toEqual({ ...none, fresh: 2 });
    const twice = hours("ssr", "A");
    expect(await compare(first, csv([...twice, twice[0]]))).toEqual({
      ...none,
      repeated: 1,
      replaced: 2,
      changes: [{ name: "State", rows: 2 }],
    });
  });

  it("measures how far numbers moved, where both are known", async () => {
    const before = csv(hours("rrrr", "A", (hour) => (hour === 3 ? "" : String(10 + hour))));
    const after = csv(hours("rrrr", "A", (hour) => (hour === 0 ? "10" : String(15 + hour))));
    const known = await compare(before, after);
    // hours 1 and 2 moved by 5; hour 3 was unknown
    expect(known).toEqual({
      ...none,
      repeated: 1,
      replaced: 3,
      changes: [{ name: "Load", rows: 3, meanChange: 5 }],
    });
    expect(comparisonNotes(known)).toEqual([
      "3 of 4 rows replace known rows: Load differs in 100 % of them, by 5 on average",
      "1 of 4 rows repeat known rows with the same values",
    ]);
  });

  it("compares with the newest of the earlier versions", async () => {
    const old = csv(hours("rrr", "A", () => "1"));
    const corrected = csv(hours("rrr", "A", () => "2"));
    expect(await compare(old, corrected, corrected)).toEqual({ ...none, repeated: 3 });
    expect(await compare(old, corrected, old)).toMatchObject({ replaced: 3, changes: [{ meanChange: 1 }] });
  });

  it("counts a row as known where no column differs, as often as one version has it, if the spec names no time", async () => {
    const spec = machineSpec({
      time: undefined,
      entity: undefined,
      horizonHours: undefined,
      columns: { Load: { type: "number" }, State: { type: "category", values: ["run", "stop", "fail"] } },
      features: ["Load"],
      split: { kind: "stratified", holdoutFraction: 0.2, folds: 2 },
      baselines: ["majority"],
    });
    const of = (...rows: string[]) => `${["Load,State", ...rows].join("\n")}\n`;
    const first = of("1,run", "2,stop", ",run");
    const known = await compareBy(spec, first, of("1,run", "2,stop", ",run", "3,run"));
    expect(known).toEqual({ ...none, fresh: 1, repeated: 3 });
    expect(comparisonNotes(known)).toEqual(["3 of 4 rows repeat known rows with the same values"]);
    expect(await compareBy(spec, first, of("1,stop"))).toEqual({ ...none, fresh: 1 });
    expect(await compareBy(spec, first, of("1,run", "1,run", "1,run"))).toEqual({ ...none, fresh: 2, repeated: 1 });
    expect(await compareBy(spec, of("1,run", "1,run"), first, of("1,run", "1,run"))).toEqual({ ...none, repeated: 2 });
  });

  it("leaves out a version that does not fit the spec as it is now", async () => {
    expect(await compare("At,Load\n2024-01-01,1\n", csv(hours("rr")))).toEqual({ ...none, fresh: 2 });
  });
});
