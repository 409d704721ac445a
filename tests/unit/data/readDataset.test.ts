import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDataset } from "../../../shared/data/readDataset";
import { usecaseSpec } from "../../../shared/usecase/usecaseSpec";
import { withFiles } from "./inSession";

const spec = usecaseSpec.parse({
  name: "text",
  title: "Any text",
  columns: { "First, one": { type: "category" }, 'the "Second"': { type: "category" }, area: { type: "category" } },
  label: { column: "area", mapping: { a: "a", b: "b" }, positive: "b" },
  features: ["First, one"],
  split: { kind: "stratified" },
  candidates: [{ learner: "random-forest" }],
  selection: { metric: "brier" },
});

const cell = fc.string({
  unit: fc.constantFrom("a", "b", ",", '"', "\n", "\r", " ", ";", "\t", "'", "ä", "€", "😀", "\\", "#"),
  maxLength: 8,
});
const needsQuotes = /[",\r\n]/;
const written = (text: string, always: boolean) =>
  always || needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
const trimmed = (text: string) => text.replace(/^ +| +$/g, "");

const record = fc.record({
  cells: fc.array(cell, { minLength: 4, maxLength: 4 }),
  quoteAll: fc.boolean(),
  end: fc.constantFrom("\n", "\r\n", "\n\n", "\r\n\r\n"),
});

describe("reading a dataset", () => {
  it("reads every cell as it was written, numbers the rows, and knows the line each starts on", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        fc.boolean(),
        async (records, packed, ends) => {
          let text = 'area,"First, one",AREA,"the ""Second"""\r\n';
          const lines: number[] = [];
          for (const { cells, quoteAll, end } of records) {
            lines.push(text.split("\n").length);
            text += cells.map((one) => written(one, quoteAll)).join(",") + end;
          }
          if (!ends) text = text.slice(0, -records[records.length - 1].end.length);
          const file = packed ? { name: "a.csv.gz", content: gzipSync(text) } : { name: "a.csv", content: text };
          await withFiles([file], async (session, [path]) => {
            const opened = await readDataset(session, path, spec);
            expect(opened).toMatchObject({
              reasonCount: 0,
              notes: ["columns that the use case does not name were ignored: AREA"],
            });
            const rows = await session.rows(
              "SELECT row_at, coalesce(trimmed_0, '') AS a, coalesce(trimmed_1, '') AS b, coalesce(trimmed_2, '') AS c FROM raw ORDER BY row_at",
            );
            expect(rows).toEqual(
              records.map(({ cells: [area, first, , second] }, i) => ({
                row_at: BigInt(i + 1),
                a: trimmed(first),
                b: trimmed(second),
                c: trimmed(area),
              })),
            );
            const found = await opened.linesOf(records.map((_record, i) => i + 1));
            expect([...found.values()]).toEqual(lines);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("numbers rows as they stand in a file of many blocks", async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i},x,y`);
    const text = ["First, one", 'the "Second"', "area"].map((name) => written(name, false)).join(",");
    await withFiles([{ name: "a.csv", content: [text, ...rows].join("\n") }], async (session, [path]) => {
      await readDataset(session, path, spec);
      const [{ n, wrong }] = await session.rows(
        "SELECT count(*) AS n, count_if(CAST(trimmed_0 AS INTEGER) <> row_at - 1) AS wrong FROM raw",
      );
      expect([n, wrong]).toEqual([200_000n, 0n]);
    });
  });
});
