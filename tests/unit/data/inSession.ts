import { writeFile } from "node:fs/promises";
import path from "node:path";
import { checkDataset, type DatasetCheck } from "../../../shared/data/checkDataset";
import { prepareDataset } from "../../../shared/data/prepareDataset";
import type { PreparedData } from "../../../shared/data/preparedData";
import type { SqlSession } from "../../../shared/ports";
import { createDuckDb } from "../../../shared/sql/duckdb";
import { type UsecaseSpec, usecaseSpec } from "../../../shared/usecase/usecaseSpec";

type Content = string | Uint8Array;
const sql = createDuckDb();

/** Puts files into the folder of a new session and hands their paths to `work`. */
export function withFiles<T>(
  files: { name: string; content: Content }[],
  work: (session: SqlSession, paths: string[], folder: string) => Promise<T>,
): Promise<T> {
  return sql.withSession(async (session, folder) => {
    const paths = files.map(({ name }) => path.join(folder, name));
    for (const [i, { content }] of files.entries()) await writeFile(paths[i], content);
    return work(session, paths, folder);
  });
}

export function check(content: Content, spec: UsecaseSpec, name = "data.csv"): Promise<DatasetCheck> {
  return withFiles([{ name, content }], (session, [file]) => checkDataset(session, file, spec));
}

/** Prepares the contents as dataset versions 1, 2, ... */
export function prepare(contents: Content[], spec: UsecaseSpec): Promise<PreparedData> {
  const files = contents.map((content, i) => ({ name: `v${i + 1}.csv`, content }));
  return withFiles(files, (session, paths) =>
    prepareDataset(
      session,
      paths.map((file, i) => ({ version: i + 1, path: file })),
      spec,
    ),
  );
}

/** A machine's state, observed hourly; `down` two hours ahead is what is forecast. */
export function machineSpec(changes: object = {}): UsecaseSpec {
  return usecaseSpec.parse({
    name: "machine",
    title: "Machine state two hours ahead",
    columns: {
      At: { type: "timestamp" },
      Machine: { type: "category" },
      Load: { type: "number", min: 0, max: 100, sentinels: [-1] },
      State: { type: "category", values: ["run", "stop", "fail"], fillForwardHours: 2 },
    },
    time: "At",
    entity: "Machine",
    label: { column: "State", mapping: { run: "up", stop: "down", fail: "down" }, positive: "down" },
    horizonHours: 2,
    features: ["Load", "State"],
    split: { kind: "time", holdoutFrom: "2024-01-02T00:00:00Z", folds: 1 },
    candidates: [{ learner: "random-forest" }],
    selection: { metric: "brier" },
    baselines: ["majority", "persistence"],
    ...changes,
  });
}

/** Lots of fruit without time: two numbers, a category, three classes. */
export function fruitSpec(changes: object = {}): UsecaseSpec {
  return usecaseSpec.parse({
    name: "fruit",
    title: "Fruit",
    columns: {
      Weight: { type: "number", nullable: false },
      Sugar: { type: "number" },
      Skin: { type: "category" },
      Kind: { type: "category", values: ["apple", "pear", "plum"] },
    },
    label: { column: "Kind" },
    features: ["Weight", "Sugar", "Skin"],
    split: { kind: "stratified", holdoutFraction: 0.25, folds: 2 },
    candidates: [{ learner: "random-forest" }],
    selection: { metric: "logLoss" },
    ...changes,
  });
}

const hourMs = 3_600_000;

/**
 * Hourly rows "At,Machine,Load,State" from 2024-01-01T00:00Z on; one letter a state: r, s, f, "-" unknown, " " no row
 * at all.
 */
export function hours(states: string, machine = "A", load: (hour: number) => string = String): string[] {
  const names: Record<string, string> = { r: "run", s: "stop", f: "fail", "-": "" };
  return [...states].flatMap((state, hour) => {
    if (state === " ") return [];
    const at = new Date(Date.UTC(2024, 0, 1) + hour * hourMs).toISOString();
    return [`${at},${machine},${load(hour)},${names[state]}`];
  });
}

export function csv(rows: string[], header = "At,Machine,Load,State"): string {
  return `${[header, ...rows].join("\n")}\n`;
}
