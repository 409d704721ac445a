import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkDataset } from "../../../shared/data/checkDataset";
import { columnId } from "../../../shared/data/specColumns";
import { rowNumber } from "../../../shared/sql/columnNames";
import { loadUsecases } from "../../../shared/usecase/loadUsecases";
import { check, csv, fruitSpec, hours, machineSpec, withFiles } from "./inSession";

const machine = machineSpec();
const fruit = fruitSpec();
const fruitHeader = "Weight,Sugar,Skin,Kind";
const firstMessage = async (rows: string[]) => (await check(csv(rows), machine)).reasons[0]?.message;

describe("checking a dataset", () => {
  it("accepts a good file and counts the rows whose later state is observed", async () => {
    const verdict = await check(csv(hours("rrs-r")), machine);
    expect(verdict).toEqual({
      accepted: true,
      reasons: [],
      reasonCount: 0,
      notes: [],
      rowCount: 5,
      labelledRowCount: 2, // hours 0 and 2; the state two hours after hour 1 is unknown
    });
  });

  it("names row, line and column of every bad cell, in the file's order", async () => {
    const rows = hours("rrrr");
    rows[1] = rows[1].replace(",1,run", ',"a, b",run');
    rows[3] = rows[3].replace("2024-01-01T03", "yesterday").replace("run", "walk");
    const verdict = await check(csv([...rows.slice(0, 1), "", ...rows.slice(1)]), machine);
    expect(verdict).toMatchObject({ accepted: false, reasonCount: 3, rowCount: 4 });
    expect(verdict.reasons).toEqual([
      { row: 2, column: "Load", message: 'row 2 (line 4), column Load: "a, b" is not a number' },
      {
        row: 4,
        column: "At",
        message: 'row 4 (line 6), column At: "yesterday:00:00.000Z" is not an ISO 8601 timestamp',
      },
      { row: 4, column: "State", message: 'row 4 (line 6), column State: "walk" is not one of run, stop, fail' },
    ]);
  });

  it("shows at most 20 reasons and says how many there are, with long cells clipped", async () => {
    const rows = hours("r".repeat(50), "A", () => "x".repeat(300));
    const verdict = await check(csv(rows), machine);
    expect(verdict.reasonCount).toBe(50);
    expect(verdict.reasons).toHaveLength(20);
    expect(verdict.reasons[0].message).toContain(`"${"x".repeat(24)}..."`);
    expect(verdict.reasons[0].message.length).toBeLessThan(100);
  });

  it("rejects what is out of range unless the column says that it is missing", async () => {
    const rows = hours("rrr", "A", (hour) => ["5", "-1", "101"][hour]);
    expect((await check(csv(rows), machine)).reasons).toEqual([
      { row: 3, column: "Load", message: 'row 3 (line 4), column Load: "101" is out of range, 0 to 100' },
    ]);
    const columns = { ...machine.columns, Load: { ...machine.columns.Load, outOfRange: "missing" as const } };
    expect(await check(csv(rows), machineSpec({ columns }))).toMatchObject({ accepted: true });
  });

  it.each(["1e39", "inf", "-infinity", "1_000", "1,5", "0x1f", "12 km"])(
    "does not read %j as a number",
    async (cell) => {
      const spec = fruitSpec();
      const verdict = await check(csv([`"${cell}",1,red,apple`], fruitHeader), spec);
      expect(verdict.reasons[0]).toMatchObject({ row: 1, column: "Weight" });
    },
  );

  it("reads empty cells, NA, NaN and null as missing numbers, and rejects them where the column requires a value", async () => {
    const rows = ["1,,,apple", '2,NA,"",pear', " 3 , NaN ,red,plum", "4,null,NA,plum"];
    expect(await check(csv(rows, fruitHeader), fruit)).toMatchObject({ accepted: true, labelledRowCount: 4 });
    const verdict = await check(csv(["NA,1,red,apple", ",1,red,apple"], fruitHeader), fruit);
    expect(verdict.reasons.map(({ message }) => message)).toEqual([
      "row 1 (line 2), column Weight: the value is missing, and the column requires one",
      "row 2 (line 3), column Weight: the value is missing, and the column requires one",
    ]);
  });

  it.each([
    ["2024-01-01T06:00:00Z", "2024-01-01T06:00:00.000Z"],
    ["2024-01-01T06:00:00.250", "2024-01-01T06:00:00.250Z"],
    ["2024-01-01T06:00:00+02:00", "2024-01-01T04:00:00.000Z"],
    ["2024-01-01T06:00:00.5-05", "2024-01-01T11:00:00.500Z"],
    ["2024-01-01T06:00-0330", "2024-01-01T09:30:00.000Z"],
    ["2024-01-01 06:00", "2024-01-01T06:00:00.000Z"],
    ["2024-01-01 06:00:30 +01", "2024-01-01T05:00:30.000Z"],
    ["2024-03-31 02:30:00", "2024-03-31T02:30:00.000Z"], // the hour that daylight saving skips
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ])("reads the timestamp %j as %s", async (cell, instant) => {
    const found = await withFiles([{ name: "a.csv", content: csv([`${cell},A,1,run`]) }], async (session, [file]) => {
      await checkDataset(session, file, machine);
      return session.rows("SELECT declared_0 FROM checked");
    });
    expect(new Date(Number(found[0].declared_0)).toISOString()).toBe(instant);
  });

  it.each([
    "01/02/2024",
    "2024-13-01",
    "2024-02-30 10:00",
    "epoch",
    "infinity",
    "1704067200",
    "2024-01-01 25:00",
    "2024-01-01T00:00+25:00",
  ])("does not take %j for a timestamp", async (cell) => {
    expect(await firstMessage([`${cell},A,1,run`])).toBe(
      `row 1 (line 2), column At: "${cell}" is not an ISO 8601 timestamp`,
    );
  });

  it("rejects a missing timestamp", async () => {
    expect(await firstMessage([",A,1,run"])).toBe("row 1 (line 2), column At: the timestamp is missing");
  });

  it("takes only mapped values for the label where the column lists none", async () => {
    const columns = { ...machine.columns, State: { type: "category" } };
    const verdict = await check(csv(["2024-01-01,A,1,broken"]), machineSpec({ columns }));
    expect(verdict.reasons[0].message).toContain('"broken" is not one of run, stop, fail');
  });

  it("counts equal rows of one time and entity once, with a note", async () => {
    const rows = hours("rrs");
    const verdict = await check(csv([...rows, rows[2], rows[0]]), machine);
    expect(verdict).toMatchObject({ accepted: true, rowCount: 5, labelledRowCount: 1 });
    expect(verdict.notes).toEqual([
      "2 rows repeat the time and entity of another with the same values; they count once",
    ]);
  });

  it("rejects rows of one time and entity that contradict each other, a missing value included", async () => {
    const rows = hours("rrs");
    const verdict = await check(csv([...rows, rows[2].replace("stop", "run"), rows[1].replace(",1,", ",,")]), machine);
    expect(verdict.reasonCount).toBe(2);
    expect(verdict.reasons.map(({ message }) => message)).toEqual([
      "rows 2 and 5 have the same time and entity but differ in Load",
      "rows 3 and 4 have the same time and entity but differ in State",
    ]);
  });

  it("says that an entity is needed where rows of one time differ and the spec names none", async () => {
    const verdict = await check(csv([...hours("rs", "A"), ...hours("rs", "B", () => "7")]), {
      ...machine,
      entity: undefined,
    });
    expect(verdict.reasons[0].message).toMatch(
      /^rows 1 and 3 have the same time but differ in .*; if they are about different things, make the column that says which the spec's entity$/,
    );
  });

  describe("of times over the end of daylight saving", () => {
    /** local hours of a day, one of them twice, as a clock on the wall shows them */
    const localHours = (day: string, twice: number, zone = "") =>
      Array.from({ length: 25 }, (_, i) => {
        const hour = String(i > twice ? i - 1 : i).padStart(2, "0");
        return `${day}T${hour}:00${zone},A,${i},run`;
      });
    const advice = async (rows: string[], spec = machine) => (await check(csv(rows), spec)).reasons[0].message;

    it.each([
      ["Europe", "2024-10-27", 2],
      ["New York", "2024-11-03", 1],
      ["Sydney", "2024-04-07", 2],
    ])("asks for their zone (%s)", async (_where, day, twice) => {
      const message = await advice(localHours(day, twice), { ...machine, entity: undefined });
      expect(message).toMatch(/have the same time but differ in Load; clocks showed this hour twice/);
      expect(message).toContain("write them in UTC or with their offset");
      expect(message).not.toContain("entity");
    });

    it("does not mention it where times have a zone, or where no clock was put back", async () => {
      expect(await advice(localHours("2024-10-27", 2, "Z"))).not.toContain("clocks");
      expect(await advice(localHours("2024-10-26", 2))).not.toContain("clocks");
      expect(await advice([...localHours("2024-10-27", 2), ...localHours("2024-10-29", 2)])).not.toContain("clocks");
    });
  });

  it("names missing and repeated columns, and notes those it ignores", async () => {
    const missing = await check("At,machine,Load\n2024-01-01,A,1\n", machine);
    expect(missing.reasons).toEqual([
      { column: "Machine", message: 'the column "Machine" is missing; the file has "At", "machine", "Load"' },
      { column: "State", message: 'the column "State" is missing; the file has "At", "machine", "Load"' },
    ]);
    const twice = await check("At,Machine,Load,State,Load\n2024-01-01,A,1,run,2\n", machine);
    expect(twice.reasons[0].message).toBe('the column "Load" appears more than once in the file');
    const extra = await check(csv(["x,2024-01-01,A,1,run,9"], ",At,Machine,Load,State,load"), machine);
    expect(extra).toMatchObject({
      accepted: true,
      notes: ["columns that the use case does not name were ignored: (no name), load"],
    });
  });

  it("reads a byte-order mark, CRLF, spaces around headers, quoted cells and a last line without an end", async () => {
    const text = '\uFEFF"Weight", Sugar ,Skin,Kind\r\n1,2,"red, with ""spots""\r\nand more",apple\r\n\r\n3,4,,"pear"';
    expect(await check(text, fruit)).toMatchObject({ accepted: true, rowCount: 2, labelledRowCount: 2, notes: [] });
  });

  it("names rows with too many or too few cells and broken quotes", async () => {
    const verdict = await check(
      csv(["1,2,red,apple", "1,2,red", "1,2,red,apple,9", '1,"2"3,red,apple'], fruitHeader),
      fruit,
    );
    expect(verdict.reasons.map(({ message }) => message)).toEqual([
      "row 2 (line 3): 3 cells where the header has 4",
      "row 3 (line 4): 5 cells where the header has 4",
      "row 4 (line 5): there is a quote or carriage return inside a cell; quote the cell and double its quotes",
    ]);
    const open = await check(csv(['1,2,"red,apple', "1,2,red,apple"], fruitHeader), fruit);
    expect(open.reasons).toEqual([{ row: 1, message: "row 1 (line 2): the file ends inside a quoted cell" }]);
  });

  it.each([
    ["an empty file", "", "data.csv", "the file is empty"],
    ["blank lines only", "\n\r\n\n", "data.csv", "the file is empty"],
    ["a header only", `${fruitHeader}\n`, "data.csv", "the file has a header and no rows"],
    ["an image", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]), "data.csv", "binary"],
    ["UTF-16", Buffer.from(`\uFEFF${fruitHeader}\n`, "utf16le"), "data.csv", "UTF-16"],
    ["Latin-1", Buffer.from(`${fruitHeader}\n1,2,r\xf6d,apple\n`, "latin1"), "data.csv", "the text is not UTF-8"],
    [
      "text cut inside a character",
      Buffer.concat([Buffer.from(`${fruitHeader}\n1,2,r`), Buffer.of(0xc3)]),
      "data.csv",
      "in the middle of a character",
    ],
    [
      "a row without end",
      `${fruitHeader}\n1,2,${"x".repeat(2_000_001)},apple\n`,
      "data.csv",
      "row 1 (line 2): the row is longer than",
    ],
    ["columns without end", `${",".repeat(3000)}\n`, "data.csv", "3001 columns"],
    ["JSON", '[{"Weight": 1}]', "data.csv", "the header (line 1)"],
    ["semicolons", "Weight;Sugar;Skin;Kind\n1;2;red;apple\n", "data.csv", "semicolons"],
    ["text that is no gzip", `${fruitHeader}\n1,2,red,apple\n`, "data.csv.gz", "gzip file is damaged or incomplete"],
    [
      "text that is not Parquet",
      fruitHeader,
      "data.parquet",
      "the file cannot be read: it is not a Parquet file, or its end is missing: upload",
    ],
    ["an empty Parquet", "", "data.parquet", "the file cannot be read"],
  ])("rejects %s", async (_name, content, file, reason) => {
    const verdict = await check(content, fruit, file);
    expect(verdict).toMatchObject({ accepted: false, reasonCount: 1 });
    expect(verdict.reasons[0].message).toContain(reason);
    expect(verdict.reasons[0].message).not.toMatch(/tidegate-sql|strict_mode|\n|Error|the file'|header check/);
  });

  it("rejects a gzip file that is cut off, whose readable part looks complete to the reader", async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},${(i * 7919) % 1000},red,apple`);
    const packed = gzipSync(csv(rows, fruitHeader));
    expect(await check(packed, fruit, "data.csv.gz")).toMatchObject({ accepted: true, rowCount: 20_000 });
    const verdict = await check(packed.subarray(0, packed.length / 2), fruit, "data.csv.gz");
    expect(verdict.reasons[0].message).toContain("the gzip file is damaged or incomplete");
  });

  it("rejects a Parquet file that is damaged inside, in its own words", async () => {
    const messages = await withFiles([], async (session, _files, folder) => {
      const file = path.join(folder, "data.parquet");
      await session.run(
        `COPY (SELECT range AS "Weight", range AS "Sugar", 'x' || range AS "Skin", 'apple' AS "Kind" FROM range(10000)) TO '${file}'`,
      );
      const whole = readFileSync(file);
      const verdicts: string[] = [];
      for (const [name, from, to] of [
        ["rows", 20, 3000],
        ["footer", whole.length - 200, whole.length - 100],
        ["length", whole.length - 8, whole.length - 4],
      ] as const) {
        const broken = path.join(folder, `${name}.parquet`);
        writeFileSync(
          broken,
          whole.map((byte, i) => (i >= from && i < to ? byte ^ 255 : byte)),
        );
        verdicts.push((await checkDataset(session, broken, fruit)).reasons[0].message);
      }
      return verdicts;
    });
    for (const message of messages)
      expect(message).toBe(
        "the file cannot be read: it is damaged, or written in a way that cannot be read here: write it again",
      );
  });

  it("reads Parquet with columns whose names differ only in case, and notes what the prepared rows call them", async () => {
    const columns = { ...machine.columns, load: { type: "number" }, split_role: { type: "category" } };
    const spec = machineSpec({ columns, features: ["Load", "load", "State"] });
    await withFiles([], async (session, _files, folder) => {
      const file = path.join(folder, "data.parquet");
      await session.run(
        `COPY (SELECT '2024-01-01' AS "At", 'A' AS "Machine", 1 AS "Load", 2 AS "loaQ", 'run' AS "State", 'x' AS split_role) TO '${file}' (FORMAT parquet)`,
      );
      // the writer would number the second of two such names
      const written = readFileSync(file).toString("latin1");
      writeFileSync(file, Buffer.from(written.replaceAll("loaQ", "load"), "latin1"));
      const verdict = await checkDataset(session, file, spec);
      expect(verdict).toMatchObject({ accepted: true, reasons: [] });
      expect(verdict.notes).toEqual([
        "the prepared rows hold load as load_1, split_role as split_role_1: another column has their name there, whatever the case",
      ]);
      const ids = [columnId(spec, "Load"), columnId(spec, "load")];
      expect(await session.rows(`SELECT ${ids.join(", ")} FROM checked`)).toEqual([{ [ids[0]]: 1, [ids[1]]: 2 }]);
    });
  });

  it("reads Parquet with native types and numbers its rows", async () => {
    const spec = machineSpec();
    const verdicts = await withFiles([], async (session, _files, folder) => {
      const file = path.join(folder, "data.parquet");
      await session.run(
        `COPY (SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00' + INTERVAL (i) HOUR AS "At", 'A' AS "Machine",
           CAST(i AS FLOAT) AS "Load", CASE WHEN i = 3 THEN 'odd' ELSE 'run' END AS "State" FROM range(5) t(i)) TO '${file}'`,
      );
      const bad = await checkDataset(session, file, spec);
      await session.run(`COPY (SELECT * FROM '${file}' WHERE "State" = 'run') TO '${folder}/good.parquet'`);
      const good = await checkDataset(session, `${folder}/good.parquet`, spec);
      const cut = path.join(folder, "cut.parquet");
      await session.run(`COPY (SELECT 1 AS "At") TO '${cut}'`);
      return { bad, good, other: await checkDataset(session, cut, spec) };
    });
    expect(verdicts.bad.reasons).toEqual([
      { row: 4, column: "State", message: 'row 4, column State: "odd" is not one of run, stop, fail' },
    ]);
    expect(verdicts.good).toMatchObject({ accepted: true, rowCount: 4, labelledRowCount: 2 });
    expect(verdicts.other.reasonCount).toBe(3);
  });

  it.each([
    "file_row_number",
    "File_Row_Number",
    "filename",
    "file_index",
    "file_last_modified",
    "row_number",
    "source_0",
    "row_at",
    "__row",
  ])("reads Parquet with a column named as the reader names its own, and numbers its rows: %s", async (name) => {
    const spec = fruitSpec({
      columns: {
        [name]: { type: "number" },
        Sugar: { type: "number", min: 0 },
        Kind: { type: "category", values: ["apple", "pear", "plum"] },
      },
      features: [name, "Sugar"],
    });
    const { bad, rows } = await withFiles([], async (session, _files, folder) => {
      const file = path.join(folder, "data.parquet");
      await session.run(
        `COPY (SELECT 70000 - i AS "${name}", CASE WHEN i = 65000 THEN -1 ELSE i END AS "Sugar", 'pear' AS "Kind"
             FROM range(70000) t(i)) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 10000)`,
      );
      const bad = await checkDataset(session, file, spec);
      const rows = await session.rows(`SELECT count(*) AS n FROM raw WHERE parsed_0 <> 70001 - ${rowNumber}`);
      return { bad, rows };
    });
    expect(bad.reasons).toMatchObject([{ row: 65_001, column: "Sugar" }]);
    expect(rows).toEqual([{ n: 0n }]);
  });

  it("accepts the samples that ship", async () => {
    for (const { spec, folder } of loadUsecases("models").values()) {
      const name = spec.sample ?? "sample.csv";
      const verdict = await check(readFileSync(path.join(folder, name)), spec, name);
      expect(verdict).toMatchObject({ accepted: true, notes: [] });
    }
  });
});

describe("times in the future", () => {
  const now = new Date("2024-01-01T12:00:00Z");
  const checkNow = (rows: string[], spec = machine) =>
    withFiles([{ name: "data.csv", content: csv(rows) }], (session, [file]) => checkDataset(session, file, spec, now));
  const century = hours("rr").map((row) => row.replace("2024-", "2115-"));

  it("are faults of a file that is dropped now, each with its row", async () => {
    const verdict = await checkNow([...hours("rr"), ...century]);
    expect(verdict).toMatchObject({ accepted: false, reasonCount: 2, rowCount: 4 });
    expect(verdict.reasons[0]).toEqual({
      row: 3,
      column: "At",
      message: "row 3, column At: 2115-01-01T00:00:00.000Z is in the future, when nothing can have been observed yet",
    });
  });

  it("are a note where the spec says so", async () => {
    const { At: _at, ...columns } = machineSpec().columns;
    const spec = machineSpec({ columns: { At: { type: "timestamp", future: "warn" }, ...columns } });
    const verdict = await checkNow([...hours("rr"), ...century], spec);
    expect(verdict).toMatchObject({
      accepted: true,
      notes: ["2 rows are in the future, the last at 2115-01-01T01:00:00.000Z"],
    });
  });

  it("are not those within a day: a local time without its zone may be ahead of the clock", async () => {
    const rows = [...hours("r".repeat(36))];
    expect((await checkNow(rows)).accepted).toBe(true);
    expect((await checkNow([...rows, ...hours(`${" ".repeat(37)}r`)])).accepted).toBe(false);
  });

  it("are not asked about in a version that was accepted before", async () => {
    expect((await check(csv(century), machine)).accepted).toBe(true);
  });
});
