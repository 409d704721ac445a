import { describe, expect, it } from "vitest";
import { instantOf } from "../../shared/instantText";
import { createDuckDb } from "../../shared/sql/duckdb";
import { instantSql } from "../../shared/sql/parsedText";

const texts = [
  "2013-07-01T09:00:00Z",
  "2013-07-01T09:00:00.123Z",
  "2013-07-01T09:00:00.1239Z",
  "2013-07-01 09:00:00",
  "2013-07-01 09:00",
  "2013-07-01",
  "2013-07-01T09:00:00+02:00",
  "2013-07-01T09:00:00-0530",
  "2013-07-01 09:00 +02",
  "2012-02-29T23:59:59Z",
  "2013-02-29T00:00:00Z",
  "2013-02-30",
  "2013-13-01",
  "2013-07-01T24:00:00Z",
  "2013-07-01 24:00",
  "2013-07-01T24:00:01Z",
  "2013-07-01T24:01:00Z",
  "2013-07-01T25:00:00Z",
  "2013-07-01T09:60:00Z",
  "2013-11-03T01:30:00-04:00",
  "2013-11-03T01:30:00-05:00",
  "2013-07-01T09:00:00+25:00",
  "01/07/2013",
  "2013-7-1",
  "1372669200000",
  "noon",
  "",
];

describe("the instant that a text names", () => {
  it("is the one that a dataset's cell of that text has", async () => {
    const list = texts.map((text) => `('${text}')`).join(", ");
    const sql = `SELECT epoch FROM (SELECT ${instantSql("cell")} AS epoch, row_number() OVER () AS place FROM (VALUES ${list}) AS t(cell)) ORDER BY place`;
    const rows = await createDuckDb().withSession((session) => session.rows(sql));
    const expected = rows.map(({ epoch }) => (epoch === null ? undefined : Number(epoch)));
    expect(texts.map((text) => [text, instantOf(text)])).toEqual(texts.map((text, i) => [text, expected[i]]));
  });
});
