import { readRow } from "../documents";
import { AppError, isAppError } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import { type OnUnreadable, readableRows } from "../ledger/readable";
import type { Clock, TableOperation, TableRow, TableStore } from "../ports";
import { type AliasPin, pinColumns } from "./aliasPin";
import { type AliasState, aliasRows, pauseColumns } from "./aliasRow";
import type { AliasName } from "./modelVersion";

export interface AliasMove {
  model: string;
  alias: AliasName;
  version: number;
  /** the alias row's entity tag as last read, null if there was no row; a stale one changes nothing */
  etag?: string | null;
  /** the version the alias is believed to stand at; another one changes nothing */
  expected?: number;
  operation: string;
  actor: string;
  reason: string;
  /** stops runs from moving the alias until a person releases it, or until a date (ISO) */
  pin?: { until?: string };
}

export interface PauseChange {
  model: string;
  alias: AliasName;
  pause: boolean;
  operation: string;
  actor: string;
  reason: string;
}

/** The aliases of all models: rows `alias:{name}` in each model's partition. */
export class AliasPointers {
  constructor(
    private readonly tables: TableStore,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  /** Where the alias points now; undefined when it was never set. */
  async get(model: string, alias: AliasName): Promise<AliasState | undefined> {
    const row = await this.tables.get(this.table, model, `alias:${alias}`);
    return row && this.read(row);
  }

  /** Every alias that is set; one that cannot be read is thrown, or told to `onUnreadable`. */
  all(model: string, onUnreadable?: OnUnreadable): Promise<[AliasName, AliasState][]> {
    const rows = this.tables.list(this.table, model, { from: "alias:", to: "alias;" });
    return readableRows(rows, (row) => [row.rowKey.slice("alias:".length) as AliasName, this.read(row)], onUnreadable);
  }

  /**
   * Points an alias at a version, pins or frees it, and adds the audit row, in one transaction; moving the champion
   * keeps the old one as `previous`. A move to the version that it points at is recorded, too; repeating an operation
   * changes nothing. Returns where the alias pointed before.
   */
  async move(move: AliasMove): Promise<{ moved: boolean; from?: number }> {
    const { model, alias, version, expected, operation } = move;
    const now = this.clock.now();
    if (move.pin?.until !== undefined && Date.parse(move.pin.until) <= now.getTime()) throw pinEnded();
    const current = await this.get(model, alias);
    if (current?.operation === operation && current.version === version) return { moved: false, from: version };
    if (expected !== undefined && current?.version !== expected)
      throw new AppError(
        "precondition_failed",
        `${alias} of ${model} points at ${current ? `version ${current.version}` : "no version"}, not at ${expected}`,
      );
    await this.commit(move, operations(move, current, now));
    return { moved: current?.version !== version, from: current?.version };
  }

  /**
   * Pauses requests by an alias, or resumes them where `pause` is false, with an audit entry; false where the alias was
   * never set, or nothing changes. A move of the alias ends its pause, too.
   */
  async setPause({ model, alias, pause, operation, actor, reason }: PauseChange): Promise<boolean> {
    const current = await this.get(model, alias);
    if (current === undefined || (current.pause !== undefined) === pause) return false;
    const now = this.clock.now();
    const { version, movedAt, etag } = current;
    const placed = { version, movedAt, operation: current.operation, ...pinColumns(current.pin) };
    const paused = pause ? pauseColumns({ by: actor, since: now.toISOString(), reason }) : {};
    const row = { partitionKey: model, rowKey: `alias:${alias}`, form: aliasRows.form, ...placed, ...paused };
    const action = pause ? "route paused" : "route resumed";
    await this.tables.transaction(this.table, [
      { kind: "replace", row, etag },
      auditInsert(model, { operation, actor, action, subject: `${model} ${alias}`, reason, details: { version } }, now),
    ]);
    return true;
  }

  private read(row: TableRow): AliasState {
    const { pin, ...state } = readRow(aliasRows, this.table, row);
    const isOver = pin?.until !== undefined && Date.parse(pin.until) <= this.clock.now().getTime();
    return { ...state, ...(pin && !isOver && { pin }) };
  }

  private async commit(move: AliasMove, operations: TableOperation[]): Promise<void> {
    const { model, alias, version, operation } = move;
    try {
      await this.tables.transaction(this.table, operations);
    } catch (error) {
      // the move may have been written and the reply lost: the alias row then names this operation
      const now = await this.get(model, alias);
      if (now?.operation === operation && now.version === version) return;
      if (isAppError(error, "conflict", "precondition_failed"))
        throw new AppError("precondition_failed", `the alias ${alias} of ${model} was moved by someone else`, {
          cause: error,
        });
      throw error;
    }
  }
}

/** What a move writes. */
function operations(move: AliasMove, current: AliasState | undefined, now: Date): TableOperation[] {
  const { model, alias, version, operation } = move;
  const stays = current?.version === version;
  const movedAt = stays ? current.movedAt : now.toISOString();
  const row = (name: AliasName, to: number): TableRow => ({
    partitionKey: model,
    rowKey: `alias:${name}`,
    form: aliasRows.form,
    version: to,
    movedAt,
    operation,
  });
  const placed = { ...row(alias, version), ...pinColumns(pinOf(move, now)) };
  const etag = move.etag === undefined ? current?.etag : move.etag;
  const written: TableOperation[] = [
    etag ? { kind: "replace", row: placed, etag } : { kind: "insert", row: placed },
    auditInsert(model, auditOf(move, current?.version), now),
  ];
  if (alias === "champion" && current && !stays)
    written.push({ kind: "upsert", row: row("previous", current.version) });
  return written;
}

function pinOf({ pin, actor, reason }: AliasMove, now: Date): AliasPin | undefined {
  return pin && { by: actor, since: now.toISOString(), reason, until: pin.until };
}

function pinEnded(): AppError {
  const message = "the pin would already have ended: name a time in the future";
  return new AppError("invalid_input", message, { details: [{ path: "until", message }] });
}

function auditOf({ model, alias, version, pin, operation, actor, reason }: AliasMove, from: number | undefined) {
  return {
    operation,
    actor,
    action: from === version ? "alias confirmed" : "alias moved",
    subject: `${model} ${alias}`,
    reason,
    details: { from: from ?? null, to: version, pinned: pin !== undefined, until: pin?.until },
  };
}
