import { readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createDuckDb } from "../../../shared/sql/duckdb";
import { check, csv, fruitSpec, prepare } from "./inSession";

const header = "Weight,Sugar,Skin,Kind";
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => `${i},${i % 7},red,${["apple", "pear", "plum"][i % 3]}`);
const fruit = (limits: object) => fruitSpec({ limits });

async function reasonAgainst(content: string | Uint8Array, limits: object, name?: string): Promise<string> {
  const { accepted, reasons } = await check(content, fruit(limits), name);
  return accepted ? "" : reasons[0].message;
}

/** A Parquet file of what `select` gives. */
function parquet(select: string): Promise<Uint8Array> {
  return createDuckDb().withSession(async (session, folder) => {
    const file = path.join(folder, "made.parquet");
    await session.run(`COPY (${select}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
    return readFile(file);
  });
}

const fruitRows = (count: number) =>
  `SELECT 1.5 AS "Weight", 2 AS "Sugar", 'red' AS "Skin", 'pear' AS "Kind" FROM range(${count})`;

describe("a file over a limit of its use case", () => {
  it("is refused for its rows, with what was found and where the limit is raised", async () => {
    const text = csv(rows(50), header);
    expect(await reasonAgainst(text, { rows: 40 })).toBe(
      "the file has 50 rows or more; the limit is 40: make the file smaller, or raise limits.rows in the use case",
    );
    expect(await reasonAgainst(text, { rows: 50 })).toBe("");
    expect(await reasonAgainst(await parquet(fruitRows(50)), { rows: 40 }, "a.parquet")).toContain(
      "the file has 50 rows;",
    );
  });

  it("is refused for its columns, whether the use case names them or not", async () => {
    const wide = csv([`1,2,red,pear${",0".repeat(3000)}`], `${header}${",x".repeat(3000)}`);
    expect(await reasonAgainst(wide, {})).toContain("the file has 3004 columns or more; the limit is 2000");
    const select = `SELECT ${Array.from({ length: 2001 }, (_, i) => `${i} AS x${i}`).join(", ")}`;
    expect(await reasonAgainst(await parquet(select), {}, "a.parquet")).toContain(
      "the file has 2001 columns; the limit is 2000",
    );
  });

  it("is refused for its cells, which a few bytes of Parquet may hold by the million", async () => {
    const bytes = await parquet(fruitRows(3_000_000));
    expect(bytes.length).toBeLessThan(100_000);
    expect(await reasonAgainst(bytes, {}, "a.parquet")).toContain("the file has 3000000 rows; the limit is 1200000");
    expect(await reasonAgainst(bytes, { rows: 1e7, cells: 1e7 }, "a.parquet")).toBe(
      "the file has 12000000 cells (3000000 rows of 4 columns); the limit is 10000000: make the file smaller, or raise limits.cells in the use case",
    );
  });

  it("is refused for what it unpacks to, without unpacking all of it", async () => {
    const block = Buffer.from(`${rows(1000).join("\n")}\n`);
    const bomb = gzipSync(Buffer.concat([Buffer.from(`${header}\n`), ...new Array(6000).fill(block)]));
    expect(await reasonAgainst(bomb, { rows: 1e9 }, "a.csv.gz")).toMatch(
      /^the file unpacks to \d+ times its size or more; the limit is 100: .* raise limits\.ratio/,
    );
    expect(await reasonAgainst(bomb, { rows: 1e9, ratio: 1e4, unpackedMb: 20 }, "a.csv.gz")).toContain(
      "the file has 21 MB or more unpacked; the limit is 20",
    );
  });

  it("does not keep several smaller ones from being refused together, when they are to be trained on", async () => {
    const files = [0, 1, 2].map((file) =>
      csv(
        rows(60).map((row) => `${file}${row}`),
        header,
      ),
    );
    await expect(prepare(files, fruit({ cells: 600 }))).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining(
        "the dataset versions 1 to 3 have 720 cells (180 rows of 4 columns); the limit is 600",
      ),
    });
  });
});
