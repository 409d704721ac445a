import { createReadStream, createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { GraphBuilder } from "../../shared/onnx/graph";
import { createDuckDb } from "../../shared/sql/duckdb";

/** A file that the bench drops. */
export interface UploadCase {
  name: string;
  kind: "dataset" | "model";
  file: string;
}

/** The header of the use case's datasets, and their rows. */
export interface RowShape {
  header: string;
  row(at: number): string;
}

const writers: [string, UploadCase["kind"], string, (file: string, shape: RowShape) => Promise<void>][] = [
  ["a CSV of 100,000 columns", "dataset", "wide.csv", writeWideCsv],
  ["a Parquet file of 10,000 columns", "dataset", "wide.parquet", (file) => writeParquet(file, wideSelect())],
  ["a valid CSV of a million rows", "dataset", "million.csv", (file, shape) => writeRows(file, shape, 1_000_000)],
  ["a gzip bomb of 3 GB", "dataset", "bomb.csv.gz", writeBomb],
  ["a Parquet file of ten million rows", "dataset", "long.parquet", (file) => writeParquet(file, longSelect())],
  ["an ONNX model with an input [N, 2e8]", "model", "wide8.onnx", (file) => writeModel(file, 200_000_000)],
  ["an ONNX model with an input [N, 1e6]", "model", "wide6.onnx", (file) => writeModel(file, 1_000_000)],
];

/**
 * Writes the files of the cases whose name contains `only` into `folder`; the Parquet ones have the columns of
 * coffee-grade.
 */
export async function writeUploads(folder: string, shape: RowShape, only: string): Promise<UploadCase[]> {
  const cases: UploadCase[] = [];
  for (const [name, kind, fileName, write] of writers.filter(([name]) => name.includes(only))) {
    const file = path.join(folder, fileName);
    await write(file, shape);
    cases.push({ name, kind, file });
  }
  return cases;
}

function writeWideCsv(file: string, { header, row }: RowShape): Promise<void> {
  const more = Array.from({ length: 100_000 }, (_, i) => `extra${i}`).join(",");
  const cells = "1,".repeat(99_999);
  const lines = Array.from({ length: 20 }, (_, at) => `${row(at)},${cells}1\n`);
  return pipeline(Readable.from([`${header},${more}\n`, ...lines]), createWriteStream(file));
}

function writeRows(file: string, { header, row }: RowShape, rows: number): Promise<void> {
  const lines = function* () {
    yield `${header}\n`;
    for (let at = 0; at < rows; at += 1000) yield Array.from({ length: 1000 }, (_, i) => `${row(at + i)}\n`).join("");
  };
  return pipeline(Readable.from(lines()), createWriteStream(file));
}

function writeBomb(file: string, { header, row }: RowShape): Promise<void> {
  const block = Buffer.from(`${row(1)}\n`.repeat(20_000));
  const lines = function* () {
    yield Buffer.from(`${header}\n`);
    for (let bytes = 0; bytes < 3 * 2 ** 30; bytes += block.length) yield block;
  };
  return pipeline(Readable.from(lines()), createGzip({ level: 1 }), createWriteStream(file));
}

function wideSelect(): string {
  return `SELECT ${Array.from({ length: 10_000 }, (_, i) => `1 AS extra${i}`).join(", ")}`;
}

function longSelect(): string {
  return `SELECT 'a' AS "Lot", 1200 AS "Altitude_m", 11.5 AS "Moisture_percent", 4 AS "Defects", 700 AS "Density_g_per_l",
    17 AS "Screen_size", 'washed' AS "Process", ['premium', 'specialty', 'commodity'][1 + i % 3] AS "Grade" FROM range(10000000) t(i)`;
}

function writeParquet(file: string, select: string): Promise<void> {
  return createDuckDb().withSession(async (session, folder) => {
    const written = path.join(folder, "made.parquet");
    await session.run(`COPY (${select}) TO '${written}' (FORMAT parquet, COMPRESSION zstd)`);
    await pipeline(createReadStream(written), createWriteStream(file));
  });
}

/** A model that returns the mean of `width` numbers. */
async function writeModel(file: string, width: number): Promise<void> {
  const graph = new GraphBuilder("wide");
  const input = graph.input("x", "float", width);
  graph.output("y", "float", 1);
  graph.node("ReduceMean", [input], { axes: { ints: [1] }, keepdims: { int: 1 } }, "y");
  await writeFile(file, graph.toBytes({}));
}
