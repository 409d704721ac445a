import { describe, expect, it } from "vitest";
import type { PreparedData } from "../../../shared/data/preparedData";
import { seededRandom } from "../../../shared/math/seededRandom";
import { csv, hours, machineSpec, prepare } from "./inSession";

const hourMs = 3_600_000;
const start = Date.UTC(2024, 0, 1);
const derived = {
  "load 3 h ago": { kind: "lag", column: "Load", hours: 3 },
  "load tendency": { kind: "tendency", column: "Load", hours: 3 },
  "load mean": { kind: "rolling", column: "Load", hours: 4, statistic: "mean" },
  "load max": { kind: "rolling", column: "Load", hours: 4, statistic: "max" },
  "load spread": { kind: "rolling", column: "Load", hours: 4, statistic: "std" },
  "hours down": { kind: "count", column: "State", hours: 6, values: ["stop", "fail"] },
  "time of day": { kind: "cycle", column: "At", period: "day", function: "cos" },
  "load angle": { kind: "cycle", column: "Load", period: 100, function: "sin" },
};
const spec = machineSpec({ derived, features: ["Load", ...Object.keys(derived), "State"] });

const random = seededRandom(4);
const loads = {
  A: Array.from({ length: 60 }, () => random() * 99),
  B: Array.from({ length: 60 }, () => random() * 99),
};
const states = { A: "rrsrfrrrrsrr--rrsrfrrr rrrsrr".repeat(2), B: "rfrrsrrrrrrrs-rrrr frrrsrrrrrr".repeat(2) };
type Machine = "A" | "B";
const lost = (machine: Machine, hour: number) => (hour + (machine === "A" ? 0 : 3)) % 11 === 5;
const known = (machine: Machine, hour: number) =>
  hour < 0 || states[machine][hour] === " " || lost(machine, hour) ? undefined : loads[machine][hour];
const lines = (change: (machine: Machine, hour: number) => string) =>
  (["A", "B"] as const).flatMap((machine) =>
    hours(states[machine].slice(0, 60), machine, (hour) => change(machine, hour)),
  );
const cell = (machine: Machine, hour: number) => (lost(machine, hour) ? "" : String(loads[machine][hour]));

const column = (data: PreparedData, name: string) => {
  const found = data.table.numbers.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no column ${name}`);
  return found.values;
};

/** The derived features of one row by their definition, from the rows of its own machine alone. */
function byDefinition(machine: Machine, hour: number): Record<string, number> {
  const now = known(machine, hour) ?? Number.NaN;
  const before = known(machine, hour - 3) ?? Number.NaN;
  const window = [0, 1, 2, 3].map((back) => known(machine, hour - back)).filter((load) => load !== undefined);
  const mean = window.reduce((sum, load) => sum + load, 0) / window.length;
  const spread = Math.sqrt(window.reduce((sum, load) => sum + (load - mean) ** 2, 0) / window.length);
  const last = [...states[machine].slice(Math.max(0, hour - 5), hour + 1)];
  return {
    "load 3 h ago": before,
    "load tendency": now - before,
    "load mean": mean,
    "load max": Math.max(...window),
    "load spread": spread,
    "hours down": last.filter((state) => state === "s" || state === "f").length,
    "time of day": Math.cos((2 * Math.PI * (start + hour * hourMs)) / (24 * hourMs)),
    "load angle": Math.sin((2 * Math.PI * now) / 100),
  };
}

describe("derived features", () => {
  it("are what their definitions say, each machine by itself, missing values and missing hours included", async () => {
    const data = await prepare([csv(lines(cell))], spec);
    const rowsOfA = lines(cell).filter((line) => line.includes(",A,")).length;
    expect(data.target.length).toBeGreaterThan(80);
    for (let row = 0; row < data.target.length; row++) {
      const machine = data.source.row[row] <= rowsOfA ? "A" : "B";
      const hour = ((data.times as Float64Array)[row] - start) / hourMs;
      const expected = byDefinition(machine, hour);
      for (const name of Object.keys(derived)) {
        const value = column(data, name)[row];
        const where = `${name} of ${machine} at hour ${hour}`;
        if (Number.isFinite(expected[name])) expect(value, where).toBeCloseTo(expected[name], 3);
        else expect(value, where).toBeNaN();
      }
    }
  });

  it("do not depend on later rows: another future leaves every feature up to now as it was", async () => {
    const now = 30;
    const other = (machine: Machine, hour: number) => (hour > now ? String(hour % 90) : cell(machine, hour));
    const [first, second] = [await prepare([csv(lines(cell))], spec), await prepare([csv(lines(other))], spec)];
    const upToNow = (data: PreparedData, name: string) =>
      column(data, name).filter((_value, row) => (data.times as Float64Array)[row] <= start + now * hourMs);
    for (const name of Object.keys(derived)) expect(upToNow(first, name)).toEqual(upToNow(second, name));
  });
});
