import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { SqlSession } from "../../../shared/ports";
import { createDuckDb } from "../../../shared/sql/duckdb";

const sql = createDuckDb();
const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe("a database session", () => {
  it.each([
    ["reads another file", "SELECT * FROM read_csv('/etc/hostname')"],
    ["leaves its folder by a path", "SELECT * FROM read_text('FOLDER/../../etc/hostname')"],
    ["lists a folder", "SELECT * FROM glob('/etc/*')"],
    ["writes another file", "COPY (SELECT 1) TO '/tmp/tidegate-should-not-exist.csv'"],
    ["opens a database file", "ATTACH '/tmp/tidegate-should-not-exist.db'"],
    ["reaches the network", "SELECT * FROM read_csv('http://127.0.0.1:9/a.csv')"],
    ["installs an extension", "INSTALL httpfs"],
    ["loads an extension", "LOAD httpfs"],
    ["widens what it may reach", "SET enable_external_access = true"],
    ["widens its folders", "SET allowed_directories = ['/']"],
    ["raises its memory", "SET memory_limit = '8GB'"],
  ])("never %s", async (_what, statement) => {
    await sql.withSession(async (session, folder) => {
      await expect(session.run(statement.replace("FOLDER", folder))).rejects.toThrow(
        /Permission|disabled|locked|Cannot change/,
      );
    });
  });

  it("reads and writes its own folder, which is gone afterwards, also after a failure", async () => {
    const folders: string[] = [];
    const work = async (session: SqlSession, folder: string) => {
      folders.push(folder);
      await writeFile(path.join(folder, "a.csv"), "x,y\n1,a\n");
      await session.run(`COPY (SELECT * FROM read_csv('${folder}/a.csv')) TO '${folder}/b.parquet'`);
      return session.rows(`SELECT * FROM '${folder}/b.parquet'`);
    };
    expect(await sql.withSession(work)).toEqual([{ x: 1n, y: "a" }]);
    const failing = sql.withSession(async (session, folder) => {
      await work(session, folder);
      throw new Error("half-way");
    });
    await expect(failing).rejects.toThrow("half-way");
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  });

  it("binds parameters instead of pasting them", async () => {
    const text = "'; DROP TABLE x; --";
    const rows = await sql.withSession((session) => session.rows("SELECT ? AS a, ? AS b, ? AS c", [text, 2.5, null]));
    expect(rows).toEqual([{ a: text, b: 2.5, c: null }]);
  });

  it("returns whole columns over many chunks: numbers with NaN for NULL, texts with null", async () => {
    const { rowCount, columns } = await sql.withSession((session) =>
      session.columns(
        "SELECT i::BIGINT AS big, CASE WHEN i % 3 > 0 THEN i / 2 END AS half, CASE WHEN i % 2 = 0 THEN 'even' END AS word FROM range(50000) t(i) ORDER BY i",
      ),
    );
    expect(rowCount).toBe(50_000);
    const { big, half, word } = columns;
    expect((big as Float64Array)[49_999]).toBe(49_999);
    expect(half).toBeInstanceOf(Float64Array);
    expect([half[0], half[1], half[49_998]]).toEqual([Number.NaN, 0.5, Number.NaN]);
    expect([word[0], word[1], word.length]).toEqual(["even", null, 50_000]);
    const none = await sql.withSession((session) => session.columns("SELECT 1.5 AS x, 'a' AS y WHERE false"));
    expect(none).toEqual({ rowCount: 0, columns: { x: new Float64Array(0), y: [] } });
  });

  it("keeps sessions apart", async () => {
    await sql.withSession(async (first) => {
      await first.run("CREATE TABLE mine AS SELECT 1");
      await sql.withSession((second) => expect(second.rows("SELECT * FROM mine")).rejects.toThrow(/mine/));
    });
  });

  it("works in UTC, whatever the machine's zone", async () => {
    process.env.TZ = "America/New_York";
    const rows = await sql.withSession((session) =>
      session.rows("SELECT current_setting('TimeZone') AS zone, epoch_ms(TIMESTAMP '2024-03-10 02:30:00') AS at"),
    );
    expect(rows).toEqual([{ zone: "UTC", at: BigInt(Date.UTC(2024, 2, 10, 2, 30)) }]);
  });
});
