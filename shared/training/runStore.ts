import { AppError, isAppError } from "../errors";
import type { BlobStore, TableRow, TableStore } from "../ports";
import { isFinal, type RunRecord, type TrainingPlan, type TrialResult, usecaseOfRun } from "./runRecord";

const table = "runs";
export const runsContainer = "runs";

/** Runs and their steps' results: a table row a run, results in blobs that are written once. */
export class RunStore {
  constructor(
    private readonly tables: TableStore,
    private readonly blobs: BlobStore,
  ) {}

  /** Inserts a run; false when a run with this id exists already. */
  async create(run: RunRecord): Promise<boolean> {
    try {
      await this.tables.transaction(table, [{ kind: "insert", row: toRow(run) }]);
      return true;
    } catch (error) {
      if (isAppError(error, "conflict")) return false;
      throw error;
    }
  }

  /** The run; AppError not_found when there is none. */
  async get(runId: string): Promise<RunRecord> {
    const run = await this.find(runId);
    if (run === undefined) throw new AppError("not_found", `there is no run "${runId}"`);
    return run;
  }

  /** The run, or undefined when there is none. */
  async find(runId: string): Promise<RunRecord | undefined> {
    const row = await this.tables.get(table, usecaseOfRun(runId), runId);
    return row && fromRow(row);
  }

  /** Every run of a use case, oldest first. */
  async list(usecase: string): Promise<RunRecord[]> {
    const runs: RunRecord[] = [];
    for await (const row of this.tables.list(table, usecase)) runs.push(fromRow(row));
    return runs.sort((a, b) => a.requestedAt.localeCompare(b.requestedAt));
  }

  /** Changes a run that has not ended; a run that has ended stays as it is. Returns the run as it then stands. */
  async update(runId: string, change: Partial<RunRecord>): Promise<RunRecord> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const row = await this.tables.get(table, usecaseOfRun(runId), runId);
      if (row === undefined) throw new AppError("not_found", `there is no run "${runId}"`);
      const run = fromRow(row);
      if (isFinal(run.status)) return run;
      const changed = { ...run, ...change };
      try {
        await this.tables.transaction(table, [{ kind: "replace", row: toRow(changed), etag: row.etag }]);
        return changed;
      } catch (error) {
        if (!isAppError(error, "precondition_failed")) throw error;
      }
    }
    throw new AppError("conflict", `run ${runId} is being changed by too many writers; try again`);
  }

  /** Stores what every step needs; the first writer decides. */
  async savePlan(plan: TrainingPlan, prepared: Uint8Array, parquet: Uint8Array): Promise<void> {
    await this.blobs.create(runsContainer, preparedParquet(plan.runId), parquet);
    await this.blobs.create(runsContainer, `${plan.runId}/prepared.bin`, prepared);
    await this.blobs.create(runsContainer, `${plan.runId}/plan.json`, JSON.stringify(plan));
  }

  async plan(runId: string): Promise<TrainingPlan> {
    return JSON.parse(Buffer.from(await this.require(`${runId}/plan.json`)).toString("utf8")) as TrainingPlan;
  }

  /** The prepared rows of the run, encoded. */
  prepared(runId: string): Promise<Uint8Array> {
    return this.require(`${runId}/prepared.bin`);
  }

  /** Stores a trial's result; a result that is there already stays. */
  async saveTrial(runId: string, result: TrialResult): Promise<void> {
    await this.blobs.create(runsContainer, trialBlob(runId, result.index), JSON.stringify(result));
  }

  async hasTrial(runId: string, index: number): Promise<boolean> {
    return (await this.blobs.stat(runsContainer, trialBlob(runId, index))) !== undefined;
  }

  /** How many trials have ended. */
  async trialsDone(runId: string): Promise<number> {
    let count = 0;
    for await (const _blob of this.blobs.list(runsContainer, `${runId}/trials/`)) count++;
    return count;
  }

  /** The results that are in, in trial order. */
  async trials(runId: string): Promise<TrialResult[]> {
    const results: TrialResult[] = [];
    for await (const { name } of this.blobs.list(runsContainer, `${runId}/trials/`))
      results.push(JSON.parse(Buffer.from(await this.require(name)).toString("utf8")) as TrialResult);
    return results;
  }

  private async require(name: string): Promise<Uint8Array> {
    const bytes = await this.blobs.read(runsContainer, name);
    if (bytes === undefined) throw new Error(`the blob ${runsContainer}/${name} is missing`);
    return bytes;
  }
}

/** Blob with the prepared rows of a run as any tool reads them: dataset version and row, role in the split, label, columns. */
export function preparedParquet(runId: string): string {
  return `${runId}/prepared.parquet`;
}

function trialBlob(runId: string, index: number): string {
  return `${runId}/trials/${String(index).padStart(4, "0")}.json`;
}

function toRow(run: RunRecord): TableRow {
  const { datasetVersions, ...plain } = run;
  return {
    partitionKey: run.usecase,
    rowKey: run.id,
    ...plain,
    datasetVersions: datasetVersions && JSON.stringify(datasetVersions),
  };
}

function fromRow(row: TableRow): RunRecord {
  const { partitionKey: _partition, rowKey: _key, etag: _etag, datasetVersions, ...plain } = row;
  const versions = datasetVersions === undefined ? undefined : (JSON.parse(String(datasetVersions)) as number[]);
  return { ...(plain as unknown as RunRecord), datasetVersions: versions };
}
