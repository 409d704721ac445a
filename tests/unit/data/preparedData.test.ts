import path from "node:path";
import { describe, expect, it } from "vitest";
import { renamedColumns } from "../../../shared/data/auditColumns";
import { checkDataset } from "../../../shared/data/checkDataset";
import { describeData } from "../../../shared/data/describeData";
import { decodePrepared, encodePrepared } from "../../../shared/data/encodePrepared";
import { prepareDataset } from "../../../shared/data/prepareDataset";
import { profileDataset } from "../../../shared/data/profileDataset";
import { writePreparedParquet } from "../../../shared/data/writePreparedParquet";
import { CsvScanner } from "../../../shared/sql/csvScanner";
import { csv, fruitSpec, hours, machineSpec, prepare, withFiles } from "./inSession";

const machine = machineSpec();
const series = csv(hours("rrrrsrrrfrrrsssrrrrrfrsrrrsrrrrrfrrr"));

describe("encoding prepared data", () => {
  it("gives back what it took, from any position in memory, and the same bytes for the same data", async () => {
    const data = await prepare([series], machine);
    const bytes = encodePrepared(data);
    expect(decodePrepared(bytes)).toEqual(data);
    expect(Buffer.compare(bytes, encodePrepared(decodePrepared(bytes)))).toBe(0);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodePrepared(shifted.subarray(3))).toEqual(data);
    const rows = csv(
      Array.from({ length: 40 }, (_, i) => `${i},,${i % 3 ? "" : "r"},${["apple", "pear", "plum"][i % 3]}`),
      "Weight,Sugar,Skin,Kind",
    );
    const plain = await prepare([rows], fruitSpec());
    expect(decodePrepared(encodePrepared(plain))).toEqual(plain);
  });
});

describe("encoded data", () => {
  const headerOf = (bytes: Uint8Array) => {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return { length, header: JSON.parse(Buffer.from(bytes.subarray(4, 4 + length)).toString("utf8")) };
  };
  /** The same bytes with another header, filled up with spaces so that the columns stay where they are. */
  const withHeader = (bytes: Uint8Array, change: (header: ReturnType<typeof headerOf>["header"]) => void) => {
    const { length, header } = headerOf(bytes);
    change(header);
    const changed = Buffer.from(bytes);
    changed.write(JSON.stringify(header).padEnd(length), 4);
    return changed;
  };

  it("from before its header had a form is read, and without a unit of blocks too", async () => {
    const data = await prepare([series], machine);
    const first = withHeader(encodePrepared(data), (header) => {
      delete header.form;
      delete header.plain.blockUnit;
    });
    expect(decodePrepared(first)).toEqual({ ...data, blockUnit: "day" });
  });

  it("says which field of its header cannot be read, and which column is missing", async () => {
    const bytes = encodePrepared(await prepare([series], machine));
    const target = withHeader(bytes, (header) => delete header.plain.target);
    expect(() => decodePrepared(target)).toThrow("prepared.bin cannot be read: plain.target: it is missing");
    const column = withHeader(bytes, (header) => {
      delete header.form; // room for a longer number
      Object.assign(header.plain, { times: 99 });
    });
    expect(() => decodePrepared(column)).toThrow("prepared.bin names column 99");
    const newer = withHeader(bytes, (header) => Object.assign(header, { form: 9 }));
    expect(() => decodePrepared(newer)).toThrow("has form 9");
  });
});

describe("columns to slice by", () => {
  it("that are not features come beside them, with the levels that only the hold-out has, and are encoded too", async () => {
    const evaluation = { slices: ["Machine", "Load", "At"] };
    const late = hours("rrrrrr", "B").map((row) => row.replace("2024-01-01", "2024-01-02"));
    const data = await prepare(
      [csv([...hours("rrsrrrrrrrrrssrrrrrrrfrsrrrsrrrrrfrrr"), ...late])],
      machineSpec({ evaluation }),
    );
    expect(data.table.categories.map(({ name }) => name)).toEqual(["State"]);
    expect(data.sliceTable?.numbers).toEqual([]);
    const [{ name, levels, codes }] = data.sliceTable!.categories;
    expect([name, levels]).toEqual(["Machine", ["A", "B"]]);
    expect(codes).toHaveLength(data.target.length);
    expect(new Set(Array.from(data.holdoutRows, (row) => levels[codes[row]]))).toEqual(new Set(["A", "B"]));
    expect(new Set(Array.from(data.trainRows, (row) => levels[codes[row]]))).toEqual(new Set(["A"]));
    expect(decodePrepared(encodePrepared(data))).toEqual(data);
  });
});

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

describe("the structure of comma-separated text", () => {
  it("is the same whatever chunks it arrives in", () => {
    const bytes = Buffer.from('a,b\r\n1,"x ""y"", \r\nz"\r\n\r\n2,3,4\n5,"6"7\n"8\r",9\n10,');
    const whole = new CsvScanner(new Set([2, 4]));
    whole.push(bytes);
    const single = new CsvScanner(new Set([2, 4]));
    for (const byte of bytes) single.push(Uint8Array.of(byte));
    const shape = whole.finish();
    expect(single.finish()).toEqual(shape);
    expect(shape).toMatchObject({ rowCount: 5, width: 2, faultCount: 2 });
    expect(shape.faults.map(({ row, line }) => [row, line])).toEqual([
      [2, 5],
      [3, 6],
    ]);
    expect([...shape.lines]).toEqual([
      [2, 5],
      [4, 7],
    ]);
  });
});
