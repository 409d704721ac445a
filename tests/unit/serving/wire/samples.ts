import type { WireBody } from "../../../../shared/serving/wire/wireFormat";
import { type Cell, mixedSignature } from "../mixedSignature";

/** What the contract suite needs to know of a format. */
export interface FormatSample {
  /** every way in which the format writes rows */
  bodies(rows: Cell[][]): WireBody[];
  /** a body with unknown fields, one in the request and one in each row; absent if the format has no named fields */
  withUnknownFields?(rows: Cell[][]): WireBody;
  /** the rows, each with a cell of the column `at` beside the features; absent if the format has no named fields */
  withContext?(rows: Cell[][], cells: string[]): WireBody;
  /** bodies that it refuses, with the path of the first fault; "secret" stands for the caller's data */
  malformed: [name: string, body: WireBody, path: string][];
  /** a body of so many rows, each as short as can be */
  ofRows(count: number): WireBody;
  /** the label of each row that a reply tells */
  labelsOf(reply: WireBody): unknown[];
  /** the reason that a problem tells */
  reasonOf(problem: WireBody): unknown;
}

const names = mixedSignature.features.map(({ name }) => name);
const object = (cells: Cell[]) =>
  `{${cells.map((cell, at) => `${JSON.stringify(names[at])}:${JSON.stringify(cell)}`)}}`;
const good: Cell[] = [1, 2, 3, 4, 5, 6, true, "red", null];
const withCell = (at: number, cell: unknown) => JSON.stringify({ data: [good, good.with(at, cell as Cell)] });

/** By the format's name: a format that is registered needs an entry here. */
export const samples: Record<string, FormatSample> = {
  plain: {
    bodies: (rows) => [
      JSON.stringify({ data: rows }),
      JSON.stringify({ data: rows }, null, "\t").replaceAll("\n", "\r\n"),
      `{"rows":[${rows.map(object)}]}`,
    ],
    withUnknownFields: (rows) =>
      `{"id":"secret","rows":[${rows.map((cells) => `{"extra":["secret"],${object(cells).slice(1)}`)}]}`,
    withContext: (rows, cells) =>
      `{"rows":[${rows.map((row, at) => `{"at":${JSON.stringify(cells[at])},${object(row).slice(1)}`)}]}`,
    malformed: [
      ["an empty body", "", ""],
      ["a body that is not JSON", '{"data":[[secret]]}', ""],
      ["a body that is cut short", '{"data":[["secret"', ""],
      ["a number", "5", ""],
      ["null", "null", ""],
      ["a list", "[[1]]", ""],
      ["an object without rows", '{"secret":1}', ""],
      ["rows in both forms", '{"data":[["secret"]],"rows":[]}', ""],
      ["no row", '{"data":[]}', "data"],
      ["no row by name", '{"rows":[]}', "rows"],
      ["a row that is not a list", '{"data":["secret"]}', "data[0]"],
      ["a row that is not an object", '{"rows":[["secret"]]}', "rows[0]"],
      ["a row of another width", JSON.stringify({ data: [good, ["secret"]] }), "data[1]"],
      ["a field that is missing", '{"rows":[{"size":1}]}', "rows[0].toString"],
      ["a text as a number", withCell(0, "secret"), "data[1][0]"],
      ["a number as a text", withCell(7, 1), "data[1][7]"],
      ["a list in a cell", withCell(7, ["secret"]), "data[1][7]"],
      ["a number beyond 32 bits", withCell(0, 1e39), "data[1][0]"],
      ["a fraction of a whole number", withCell(3, 0.5), "data[1][3]"],
      ["a whole number beyond 2^53", withCell(3, 2 ** 60), "data[1][3]"],
      ["a whole number beyond 32 bits", withCell(5, 2 ** 31), "data[1][5]"],
      ["two as true", withCell(6, 2), "data[1][6]"],
      ["null where no value may be missing", withCell(5, null), "data[1][5]"],
      ["lists nested a hundred thousand deep", "[".repeat(100_000), ""],
    ],
    ofRows: (count) => `{"data":[${new Array(count).fill("[]").join()}]}`,
    labelsOf: (reply) => (JSON.parse(String(reply)).predictions as { label: string }[]).map(({ label }) => label),
    reasonOf: (problem) => JSON.parse(String(problem)).error,
  },
};
