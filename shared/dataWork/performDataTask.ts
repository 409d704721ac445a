import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { checkData } from "../checks/dataChecks";
import { checkDataset } from "../data/checkDataset";
import type { CheckResult } from "../data/checkResult";
import { compareWithKnown, type KnownRows } from "../data/compareVersions";
import type {
  CheckTask,
  CompareTask,
  DataOutcome,
  DataTask,
  InspectOutcome,
  InspectTask,
  PrepareOutcome,
  PrepareTask,
} from "../data/dataTasks";
import { decodePrepared, encodePrepared } from "../data/encodePrepared";
import { exportRows } from "../data/exportRows";
import { prepareDataset } from "../data/prepareDataset";
import { profileDataset } from "../data/profileDataset";
import { writePreparedParquet } from "../data/writePreparedParquet";
import type { SqlEngine, SqlSession } from "../ports";
import { hourMs } from "../time";

/** Performs a task whose files lie in `folder`. */
export async function performDataTask(sql: SqlEngine, folder: string, task: DataTask): Promise<DataOutcome<DataTask>> {
  if (task.kind === "check") return check(task);
  return sql.withSession<DataOutcome<DataTask>>((session) => {
    if (task.kind === "inspect") return inspect(session, task);
    if (task.kind === "export") return exportRows(session, folder, task);
    return task.kind === "compare" ? compare(session, task) : prepare(session, folder, task);
  }, folder);
}

async function check({ prepared, spec }: CheckTask): Promise<CheckResult[]> {
  const data = decodePrepared(await readFile(prepared));
  return checkData(data, spec.checks, (spec.horizonHours ?? 0) * hourMs);
}

async function inspect(session: SqlSession, { file, spec, nowMs }: InspectTask): Promise<InspectOutcome> {
  const check = await checkDataset(session, file, spec, new Date(nowMs));
  if (!check.accepted) return { check };
  const profile = await profileDataset(session, spec);
  const time = spec.time === undefined ? undefined : profile[spec.time];
  return { check, profile, span: time && { from: String(time.min), to: String(time.max) } };
}

async function compare(session: SqlSession, { file, earlier, spec }: CompareTask): Promise<KnownRows> {
  await checkDataset(session, file, spec);
  return compareWithKnown(session, earlier, spec);
}

async function prepare(session: SqlSession, folder: string, { files, spec }: PrepareTask): Promise<PrepareOutcome> {
  const data = await prepareDataset(session, files, spec);
  const parquet = path.join(folder, "prepared.parquet");
  await writePreparedParquet(session, data, spec, parquet);
  const prepared = path.join(folder, "prepared.bin");
  await writeFile(prepared, encodePrepared(data));
  return {
    prepared,
    parquet,
    counts: data.counts,
    trainRows: data.trainRows.length,
    folds: data.folds.length,
    rowsOfVersion: countVersions(data.source.version),
  };
}

function countVersions(versions: Int32Array): { version: number; rows: number }[] {
  const counts = new Map<number, number>();
  for (const version of versions) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts].map(([version, rows]) => ({ version, rows }));
}
