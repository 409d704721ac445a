import type { CheckResult } from "../data/checkResult";
import { documentText, readRow } from "../documents";
import { AppError, isAppError } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import { type OnUnreadable, readableRows } from "../ledger/readable";
import { retryConflict } from "../ledger/retryConflict";
import { keepDocument, keepFile, type VerifiedBlobs } from "../ledger/verifiedBlobs";
import type { BlobStore, TableRow, TableStore } from "../ports";
import { RunDocuments, runsContainer, runsTable as table } from "./runDocuments";
import {
  isFinal,
  type PartialTrial,
  type PlanDocuments,
  type Refit,
  type RunRecord,
  type TrainingPlan,
  type TrialResult,
  usecaseOfRun,
} from "./runRecord";
import { dataChecksDocument, partialTrialDocument, planDocument, runRows, trialDocument } from "./runSchemas";

/** Who ends a run, and the reason if it is a person. */
interface RunEnd {
  actor: string;
  reason?: string;
}

/** Runs and the results of their steps: a table row per run, and results in blobs that are checked by their hash. */
export class RunStore {
  readonly results: RunDocuments;

  constructor(
    private readonly tables: TableStore,
    private readonly blobs: BlobStore,
    private readonly documents: VerifiedBlobs,
  ) {
    this.results = new RunDocuments(tables, blobs, documents);
  }

  /** Inserts a run with its audit entry, which names `actor`; false if a run with this id exists. */
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
        { kind: "insert", row: toRow({ ...run, hashedResults: true }) },
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
    return row && readRow(runRows, table, row);
  }

  /** Every run of a use case, oldest first; one that cannot be read is thrown, or told to `onUnreadable`. */
  async list(usecase: string, onUnreadable?: OnUnreadable): Promise<RunRecord[]> {
    const rows = this.tables.list(table, usecase, { from: `${usecase}.`, to: `${usecase}/` }); // "/" follows "."
    const runs = await readableRows(rows, (row) => readRow(runRows, table, row), onUnreadable);
    return runs.sort((a, b) => a.requestedAt.localeCompare(b.requestedAt));
  }

  /**
   * Changes a run that has not ended; one that has ended stays as it is. Its end leaves an audit entry that says who
   * ended it and why: `by.reason`, or else the run's message. Returns the resulting run.
   */
  async update(runId: string, change: Partial<RunRecord>, by: RunEnd = { actor: "training" }): Promise<RunRecord> {
    return retryConflict(`the run ${runId}`, async () => {
      const row = await this.tables.get(table, usecaseOfRun(runId), runId);
      if (row === undefined) throw new AppError("not_found", `there is no run "${runId}"`);
      const { etag, ...kept } = row;
      const run = readRow(runRows, table, row);
      if (isFinal(run.status)) return run;
      const changed = { ...run, ...change };
      await this.tables.transaction(table, [
        { kind: "replace", row: { ...kept, ...toRow(changed) }, etag },
        ...(isFinal(changed.status) ? [endedEntry(changed, by)] : []),
      ]);
      return changed;
    });
  }

  /** Stores the plan and the prepared rows; the first writer decides. Returns the plan's hash; the plan has theirs. */
  async savePlan(plan: TrainingPlan, files: { prepared: string; parquet: string }, spec: string): Promise<string> {
    const { runId } = plan;
    const parquet = await keepFile(this.blobs, runsContainer, preparedParquet(runId), files.parquet);
    const prepared = await keepFile(this.blobs, runsContainer, preparedBlob(runId), files.prepared);
    const documents: PlanDocuments = { prepared, parquet, spec };
    const place = { container: runsContainer, name: planBlob(runId) };
    return keepDocument(this.blobs, place, documentText(planDocument, { ...plan, documents }));
  }

  /** Stores what the checks of the data found. */
  async saveDataChecks(runId: string, checks: CheckResult[]): Promise<void> {
    await this.results.replace(runId, { [dataChecksPath]: documentText(dataChecksDocument, { checks }) });
  }

  async dataChecks(runId: string): Promise<CheckResult[]> {
    const found = await this.results.readAs(dataChecksDocument, runId, dataChecksPath);
    if (found === undefined) throw lacking(runId, dataChecksPath);
    return found.checks;
  }

  async plan(runId: string): Promise<TrainingPlan> {
    const { planSha256: sha256, usecase: subject } = await this.get(runId);
    const place = { container: runsContainer, name: planBlob(runId), sha256, subject };
    return this.documents.readAs(planDocument, place);
  }

  /** The prepared rows of the run, encoded. */
  async prepared(runId: string): Promise<Uint8Array> {
    const { documents, usecase: subject } = await this.plan(runId);
    const place = { container: runsContainer, name: preparedBlob(runId), sha256: documents?.prepared };
    return this.documents.read({ ...place, subject });
  }

  /** Stores a trial's result unless it has one. */
  async saveTrial(runId: string, result: TrialResult): Promise<void> {
    await this.results.keep(runId, { [trialPath(result)]: documentText(trialDocument, result) });
  }

  async hasTrial(runId: string, rung: number, index: number): Promise<boolean> {
    return this.results.has(runId, trialPath({ rung, index }));
  }

  /** When a step of the run last stored something; undefined before the first did. */
  async lastStepAt(runId: string): Promise<Date | undefined> {
    let newest: Date | undefined;
    for await (const { lastModified } of this.blobs.list(runsContainer, `${runId}/`))
      if (newest === undefined || lastModified > newest) newest = lastModified;
    return newest;
  }

  /** The folds done so far of a trial that needs several steps. */
  async partialTrial(runId: string, rung: number, index: number): Promise<PartialTrial | undefined> {
    return this.results.readAs(partialTrialDocument, runId, partialPath({ rung, index }));
  }

  async savePartialTrial(runId: string, rung: number, index: number, partial: PartialTrial): Promise<void> {
    const text = documentText(partialTrialDocument, partial);
    await this.results.replace(runId, { [partialPath({ rung, index })]: text });
  }

  /** Numbers of a rung's trials that have ended. */
  async trialsDone(runId: string, rung: number): Promise<Set<number>> {
    const paths = await this.results.paths(runId, rungFolder(rung));
    return new Set(paths.map((path) => Number.parseInt(path.slice(path.lastIndexOf("/") + 1), 10)));
  }

  /** The stored results of one rung, in trial order. */
  async trialsOf(runId: string, rung: number): Promise<TrialResult[]> {
    return this.trialsIn(runId, rungFolder(rung));
  }

  /** The stored results of all rungs, by rung and trial. */
  async trials(runId: string): Promise<TrialResult[]> {
    return this.trialsIn(runId, "trials");
  }

  private async trialsIn(runId: string, folder: string): Promise<TrialResult[]> {
    return (await this.results.readAll(trialDocument, runId, folder)).map(({ document }) => document);
  }

  /** The refitted model of the run; undefined until it is stored. */
  async refit(runId: string): Promise<Refit | undefined> {
    const onnx = await this.results.read(runId, refitPaths.onnx);
    if (onnx === undefined) return undefined;
    const predictions = await this.require(runId, refitPaths.holdoutPredictions);
    const profile = await this.require(runId, refitPaths.trainingProfile);
    const reference = await this.results.read(runId, refitPaths.reference);
    return {
      onnx,
      holdoutPredictions: new Float64Array(new Uint8Array(predictions).buffer),
      trainingProfile: Buffer.from(profile).toString("utf8"),
      ...(reference && { reference: Buffer.from(reference).toString("utf8") }),
    };
  }

  /** Stores the refitted model; returns the one that the run continues with: another worker's if that came first. */
  async saveRefit(runId: string, refit: Refit): Promise<Refit> {
    const { buffer, byteOffset, byteLength } = refit.holdoutPredictions;
    const isKept = await this.results.keep(runId, {
      [refitPaths.onnx]: refit.onnx,
      [refitPaths.holdoutPredictions]: new Uint8Array(buffer, byteOffset, byteLength),
      [refitPaths.trainingProfile]: refit.trainingProfile,
      ...(refit.reference !== undefined && { [refitPaths.reference]: refit.reference }),
    });
    return isKept ? refit : ((await this.refit(runId)) ?? refit);
  }

  private async require(runId: string, path: string): Promise<Uint8Array> {
    const bytes = await this.results.read(runId, path);
    if (bytes === undefined) throw lacking(runId, path);
    return bytes;
  }
}

function lacking(runId: string, path: string): Error {
  return new Error(`the run ${runId} has no result ${path}`);
}

function planBlob(runId: string): string {
  return `${runId}/plan.json`;
}

function preparedBlob(runId: string): string {
  return `${runId}/prepared.bin`;
}

/** Blob with a run's prepared rows for other tools: dataset version and row, role in the split, label, columns. */
export function preparedParquet(runId: string): string {
  return `${runId}/prepared.parquet`;
}

const dataChecksPath = "data-checks.json";

/** A run that was refitted before graphs had guards has a `model.onnx` instead, which is ignored: it is refitted. */
const refitPaths = {
  onnx: "refit/guarded.onnx",
  holdoutPredictions: "refit/holdout-predictions.f64",
  trainingProfile: "training-profile.json",
  reference: "monitoring-reference.json",
};

/** Blob with the profile of a run's training rows, which drift is measured against. */
export function trainingProfileBlob(runId: string): string {
  return `${runId}/training-profile.json`;
}

type TrialKey = Pick<TrialResult, "rung" | "index">;

function rungFolder(rung: number): string {
  return `trials/${rung}`;
}

function trialPath({ rung, index }: TrialKey): string {
  return `${rungFolder(rung)}/${String(index).padStart(4, "0")}.json`;
}

function partialPath({ rung, index }: TrialKey): string {
  return `partial-trials/${rung}/${String(index).padStart(4, "0")}.json`;
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
  const { datasetVersions, learners, ...plain } = run;
  return {
    partitionKey: run.usecase,
    rowKey: run.id,
    form: runRows.form,
    ...plain,
    datasetVersions: datasetVersions && JSON.stringify(datasetVersions),
    learners: learners && JSON.stringify(learners),
  };
}
