import { AppError, isAppError } from "../errors";
import type { BlobStore, TableRow, TableStore } from "../ports";
import { type AuditPage, type AuditRecord, auditInsert, listAudit } from "../registry/auditEntry";
import type { CheckResult } from "../registry/modelVersion";
import { keepDocument, keepFile, type VerifiedBlobs } from "../registry/verifiedBlobs";
import {
  isFinal,
  type PlanDocuments,
  type RunRecord,
  type TrainingPlan,
  type TrialResult,
  usecaseOfRun,
} from "./runRecord";

const table = "runs";
export const runsContainer = "runs";

/** Folds of a trial that are done, where not all are. */
export interface PartialTrial {
  foldScores: (number | null)[];
  modelBytes: number;
  seconds: number;
}

/** The selected trial, fitted on all training rows. */
export interface Refit {
  onnx: Uint8Array;
  holdoutPredictions: Float64Array;
  /** JSON */
  trainingProfile: string;
}

/** Who ends a run, and why where it is a person. */
interface RunEnd {
  actor: string;
  reason?: string;
}

/** Runs and their steps' results: a table row a run, results in blobs that are written once. */
export class RunStore {
  constructor(
    private readonly tables: TableStore,
    private readonly blobs: BlobStore,
    private readonly documents: VerifiedBlobs,
  ) {}

  /** Inserts a run, with its audit entry, which names `actor`; false when a run with this id exists already. */
  async create(run: RunRecord, actor: string = run.trigger): Promise<boolean> {
    const { id, usecase, trigger, force, codeRevision } = run;
    const entry = {
      operation: id,
      action: "run started",
      actor,
      subject: id,
      details: { trigger, force, codeRevision },
    };
    try {
      await this.tables.transaction(table, [
        { kind: "insert", row: toRow(run) },
        auditInsert(usecase, entry, new Date(run.requestedAt)),
      ]);
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
    const ids = { from: `${usecase}.`, to: `${usecase}/` }; // "/" follows "."
    for await (const row of this.tables.list(table, usecase, ids)) runs.push(fromRow(row));
    return runs.sort((a, b) => a.requestedAt.localeCompare(b.requestedAt));
  }

  /** Audit entries of a use case's runs, newest first. */
  audit(usecase: string, page: AuditPage): Promise<AuditRecord[]> {
    return listAudit(this.tables, table, usecase, page);
  }

  /**
   * Changes a run that has not ended; a run that has ended stays as it is. Its end leaves an audit entry that names who ended it
   * and why: `by.reason`, else the run's message. Returns the run as it then stands.
   */
  async update(runId: string, change: Partial<RunRecord>, by: RunEnd = { actor: "training" }): Promise<RunRecord> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const row = await this.tables.get(table, usecaseOfRun(runId), runId);
      if (row === undefined) throw new AppError("not_found", `there is no run "${runId}"`);
      const run = fromRow(row);
      if (isFinal(run.status)) return run;
      const changed = { ...run, ...change };
      try {
        await this.tables.transaction(table, [
          { kind: "replace", row: toRow(changed), etag: row.etag },
          ...(isFinal(changed.status) ? [endedEntry(changed, by)] : []),
        ]);
        return changed;
      } catch (error) {
        if (!isAppError(error, "precondition_failed")) throw error;
      }
    }
    throw new AppError("conflict", `run ${runId} is being changed by too many writers; try again`);
  }

  /** Stores what every step needs, the prepared rows from files; the first writer decides. Gives the hash of the plan, which names theirs. */
  async savePlan(plan: TrainingPlan, files: { prepared: string; parquet: string }, spec: string): Promise<string> {
    const { runId } = plan;
    const parquet = await keepFile(this.blobs, runsContainer, preparedParquet(runId), files.parquet);
    const prepared = await keepFile(this.blobs, runsContainer, preparedBlob(runId), files.prepared);
    const documents: PlanDocuments = { prepared, parquet, spec };
    const place = { container: runsContainer, name: planBlob(runId) };
    return keepDocument(this.blobs, place, JSON.stringify({ ...plan, documents }));
  }

  /** Stores what the checks of the data found. */
  async saveDataChecks(runId: string, checks: CheckResult[]): Promise<void> {
    await this.blobs.write(runsContainer, `${runId}/data-checks.json`, JSON.stringify(checks));
  }

  async dataChecks(runId: string): Promise<CheckResult[]> {
    return JSON.parse(Buffer.from(await this.require(`${runId}/data-checks.json`)).toString("utf8"));
  }

  async plan(runId: string): Promise<TrainingPlan> {
    const { planSha256: sha256, usecase: subject } = await this.get(runId);
    return this.documents.readJson({ container: runsContainer, name: planBlob(runId), sha256, subject });
  }

  /** The prepared rows of the run, encoded. */
  async prepared(runId: string): Promise<Uint8Array> {
    const { documents, usecase: subject } = await this.plan(runId);
    const place = { container: runsContainer, name: preparedBlob(runId), sha256: documents?.prepared };
    return this.documents.read({ ...place, subject });
  }

  /** Stores a trial's result; a result that is there already stays. */
  async saveTrial(runId: string, result: TrialResult): Promise<void> {
    await this.blobs.create(runsContainer, trialBlob(runId, result), JSON.stringify(result));
  }

  async hasTrial(runId: string, rung: number, index: number): Promise<boolean> {
    return (await this.blobs.stat(runsContainer, trialBlob(runId, { rung, index }))) !== undefined;
  }

  /** When the run's newest step stored something; undefined before the first did. */
  async lastStepAt(runId: string): Promise<Date | undefined> {
    let newest: Date | undefined;
    for await (const { lastModified } of this.blobs.list(runsContainer, `${runId}/`))
      if (newest === undefined || lastModified > newest) newest = lastModified;
    return newest;
  }

  /** What a trial that needs several steps has so far. */
  async partialTrial(runId: string, rung: number, index: number): Promise<PartialTrial | undefined> {
    const bytes = await this.blobs.read(runsContainer, partialBlob(runId, { rung, index }));
    return bytes && (JSON.parse(Buffer.from(bytes).toString("utf8")) as PartialTrial);
  }

  async savePartialTrial(runId: string, rung: number, index: number, partial: PartialTrial): Promise<void> {
    await this.blobs.write(runsContainer, partialBlob(runId, { rung, index }), JSON.stringify(partial));
  }

  /** How many trials of a rung have ended. */
  async trialsDone(runId: string, rung: number): Promise<number> {
    let count = 0;
    for await (const _blob of this.blobs.list(runsContainer, rungFolder(runId, rung))) count++;
    return count;
  }

  /** The results of one rung that are in, in trial order. */
  async trialsOf(runId: string, rung: number): Promise<TrialResult[]> {
    return (await this.trials(runId)).filter((result) => result.rung === rung);
  }

  /** The results that are in, by rung and trial. */
  async trials(runId: string): Promise<TrialResult[]> {
    const results: TrialResult[] = [];
    for await (const { name } of this.blobs.list(runsContainer, `${runId}/trials/`))
      results.push(JSON.parse(Buffer.from(await this.require(name)).toString("utf8")) as TrialResult);
    return results;
  }

  /** The refitted model of the run; undefined until it is stored. */
  async refit(runId: string): Promise<Refit | undefined> {
    const onnx = await this.blobs.read(runsContainer, refitBlob(runId));
    if (onnx === undefined) return undefined;
    const predictions = await this.require(`${runId}/refit/holdout-predictions.f64`);
    const profile = await this.require(trainingProfileBlob(runId));
    return {
      onnx,
      holdoutPredictions: new Float64Array(new Uint8Array(predictions).buffer),
      trainingProfile: Buffer.from(profile).toString("utf8"),
    };
  }

  /** Stores the refitted model; the bytes come last, so that whoever finds them finds the rest. */
  async saveRefit(runId: string, { onnx, holdoutPredictions, trainingProfile }: Refit): Promise<void> {
    const { buffer, byteOffset, byteLength } = holdoutPredictions;
    await this.blobs.write(runsContainer, trainingProfileBlob(runId), trainingProfile);
    await this.blobs.write(
      runsContainer,
      `${runId}/refit/holdout-predictions.f64`,
      new Uint8Array(buffer, byteOffset, byteLength),
    );
    await this.blobs.write(runsContainer, refitBlob(runId), onnx);
  }

  private async require(name: string): Promise<Uint8Array> {
    const bytes = await this.blobs.read(runsContainer, name);
    if (bytes === undefined) throw new Error(`the blob ${runsContainer}/${name} is missing`);
    return bytes;
  }
}

function planBlob(runId: string): string {
  return `${runId}/plan.json`;
}

function preparedBlob(runId: string): string {
  return `${runId}/prepared.bin`;
}

/** Blob with the prepared rows of a run as any tool reads them: dataset version and row, role in the split, label, columns. */
export function preparedParquet(runId: string): string {
  return `${runId}/prepared.parquet`;
}

/** A run that was refitted before graphs had guards has a `model.onnx` there, which is not served: it is refitted. */
function refitBlob(runId: string): string {
  return `${runId}/refit/guarded.onnx`;
}

/** Blob with the profile of a run's training rows, which drift is measured against. */
export function trainingProfileBlob(runId: string): string {
  return `${runId}/training-profile.json`;
}

type TrialKey = Pick<TrialResult, "rung" | "index">;

function rungFolder(runId: string, rung: number): string {
  return `${runId}/trials/${rung}/`;
}

function trialBlob(runId: string, { rung, index }: TrialKey): string {
  return `${rungFolder(runId, rung)}${String(index).padStart(4, "0")}.json`;
}

function partialBlob(runId: string, { rung, index }: TrialKey): string {
  return `${runId}/partial-trials/${rung}/${String(index).padStart(4, "0")}.json`;
}

function endedEntry(
  { id, usecase, status, message, version, promoted, finishedAt }: RunRecord,
  { actor, reason }: RunEnd,
) {
  return auditInsert(
    usecase,
    {
      operation: id,
      action: `run ${status}`,
      actor,
      subject: id,
      reason: reason ?? message,
      details: { version, promoted },
    },
    new Date(finishedAt as string),
  );
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
