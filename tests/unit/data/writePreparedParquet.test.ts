import path from "node:path";
import { describe, expect, it } from "vitest";
import { renamedColumns } from "../../../shared/data/auditColumns";
import { describeData } from "../../../shared/data/describeData";
import { prepareDataset } from "../../../shared/data/prepareDataset";
import { writePreparedParquet } from "../../../shared/data/writePreparedParquet";
import { csv, hours, machineSpec, withFiles } from "./inSession";

const machine = machineSpec();
const series = csv(hours("rrrrsrrrfrrrsssrrrrrfrsrrrsrrrrrfrrr"));

describe("the auditors' copy", () => {
  it("holds every labelled row with its version, row number, part and label, in order", async () => {
    const rows = await withFiles([{ name: "a.csv", content: series }], async (session, [file], folder) => {
      const data = await prepareDataset(session, [{ version: 3, path: file }], machine);
      const copy = path.join(folder, "rows.parquet");
      await writePreparedParquet(session, data, machine, copy);
      return session.rows(`SELECT * REPLACE (strftime("At", '%Y-%m-%dT%H') AS "At") FROM read_parquet(?)`, [copy]);
    });
    expect(rows).toHaveLength(34);
    const source = { dataset_version: 3, Machine: "A" };
    expect(rows[2]).toEqual({
      ...source,
      dataset_row: 3,
      split_role: "train",
      label_class: "down",
      At: "2024-01-01T02",
      Load: 2,
      State: "run",
    });
    expect(rows[23]).toMatchObject({ dataset_row: 24, split_role: "gap" });
    expect(rows[24]).toMatchObject({ dataset_row: 25, split_role: "holdout", At: "2024-01-02T00" });
  });
});

describe("columns whose names others have", () => {
  it("get a number in the auditors' copy, which says so in its metadata, as the version does", async () => {
    const columns = { ...machine.columns, load: { type: "number" }, Split_Role: { type: "category" } };
    const spec = machineSpec({ columns });
    const rows = csv(
      hours("rrrrsrrrfrrrsssrrrrrfrsrrrsrrrrrfrrr").map((row) => `${row},7,x`),
      "At,Machine,Load,State,load,Split_Role",
    );
    const found = await withFiles([{ name: "a.csv", content: rows }], async (session, [file], folder) => {
      const data = await prepareDataset(session, [{ version: 1, path: file }], spec);
      const copy = path.join(folder, "rows.parquet");
      await writePreparedParquet(session, data, spec, copy);
      const [row] = await session.rows("SELECT * FROM read_parquet(?) LIMIT 1", [copy]);
      const [{ value }] = await session.rows(
        "SELECT decode(value) AS value FROM parquet_kv_metadata(?) WHERE decode(key) = 'renamed_columns'",
        [copy],
      );
      return { row, value, described: describeData(data, spec).renamedColumns };
    });
    expect(found.row).toMatchObject({ split_role: "train", Load: 0, load_1: 7, Split_Role_1: "x" });
    expect(found.described).toEqual({ load_1: "load", Split_Role_1: "Split_Role" });
    expect(JSON.parse(String(found.value))).toEqual(found.described);
    expect(renamedColumns(machine)).toBeUndefined();
  });
});
