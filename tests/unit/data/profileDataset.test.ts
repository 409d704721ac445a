import { describe, expect, it } from "vitest";
import { checkDataset } from "../../../shared/data/checkDataset";
import { profileDataset } from "../../../shared/data/profileDataset";
import { csv, machineSpec, withFiles } from "./inSession";

const machine = machineSpec();

describe("profiling", () => {
  it("describes numbers, categories and times", async () => {
    const rows = [
      "2024-01-01T00:00Z,A,1,run",
      "2024-01-01T01:00Z,A,2,",
      "2024-01-01T02:00Z,B,-1,run",
      "2024-01-01T03:00Z,B,6,stop",
    ];
    const profile = await withFiles([{ name: "a.csv", content: csv(rows) }], async (session, [file]) => {
      await checkDataset(session, file, machine);
      return profileDataset(session, machine);
    });
    expect(profile.Load).toMatchObject({
      type: "number",
      count: 3,
      missing: 1,
      min: 1,
      max: 6,
      mean: 3,
      p25: 1.5,
      p50: 2,
      p75: 4,
    });
    expect(profile.Load.std).toBeCloseTo(Math.sqrt(14 / 3), 12);
    expect(profile.State).toEqual({
      type: "category",
      count: 3,
      missing: 1,
      distinct: 2,
      top: [
        { value: "run", count: 2 },
        { value: "stop", count: 1 },
      ],
    });
    expect(profile.At).toMatchObject({ min: "2024-01-01T00:00:00.000Z", max: "2024-01-01T03:00:00.000Z" });
  });
});
