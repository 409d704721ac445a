import { createHash } from "node:crypto";
import { AppError, isAppError } from "../errors";
import type { BlobStore, Clock, TableOperation, TableRow, TableStore, Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import { type AuditPage, type AuditRecord, auditInsert } from "./auditEntry";
import { type AliasName, aliasNames, type ModelVersion, type VersionDetails } from "./modelVersion";
import { VersionLedger } from "./versionLedger";

const table = "models";
const container = "models";

export interface Registration {
  model: string;
  bytes: Uint8Array;
  details: VersionDetails;
  /** names the operation, so that a repeated one leaves one audit row */
  operation: string;
  actor: string;
}

export interface AliasMove {
  model: string;
  alias: AliasName;
  version: number;
  /** the alias row's entity tag as the caller last read it, null where there was no row; a stale one changes nothing */
  etag?: string | null;
  /** the version the alias is believed to stand at; another one changes nothing */
  expected?: number;
  operation: string;
  actor: string;
  reason: string;
}

/** Where an alias points, and the tag that guards its next move. */
export interface AliasState {
  version: number;
  etag: string;
  movedAt: string;
}

export interface RegistryPorts {
  blobs: BlobStore;
  tables: TableStore;
  clock: Clock;
  telemetry: Telemetry;
}

/** Immutable model versions and the aliases that point at them; bytes and details in blobs, everything else in one table. */
export class ModelRegistry {
  private readonly ledger: VersionLedger;

  constructor(private readonly ports: RegistryPorts) {
    this.ledger = new VersionLedger(ports.tables, table, ports.clock);
  }

  /** Registers bytes that the caller has loaded and smoke-tested; equal bytes return the version they have. */
  async register(request: Registration): Promise<{ version: number; created: boolean }> {
    const { model, bytes, details, operation, actor } = request;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const detailsBlob = `${model}/details/${sha256}-${operation}.json`;
    await this.ports.blobs.create(container, bytesBlob(model, sha256), bytes);
    await this.ports.blobs.create(container, detailsBlob, JSON.stringify(details));
    await this.ports.tables.transaction(table, [{ kind: "upsert", row: { partitionKey: "index", rowKey: model } }]);
    const outcome = await this.ledger.register(model, {
      sha256,
      columns: { sizeBytes: bytes.byteLength, details: detailsBlob, source: details.lineage.source },
      audit: (version) => ({
        operation,
        actor,
        action: "version registered",
        subject: `${model} v${version}`,
        details: { sha256, gate: details.gate.decision, ...details.lineage },
      }),
    });
    if (outcome.created)
      this.ports.telemetry.event(telemetryEvents.versionRegistered, {
        model,
        version: outcome.version,
        gate: details.gate.decision,
        source: details.lineage.source,
      });
    return outcome;
  }

  /** Records that bytes were refused as a version of a model; `subject` is the model, or "tidegate" where its name is none. */
  async recordRejection(subject: string, rejection: { file: string; sha256: string; reason: string }): Promise<void> {
    const { file, sha256, reason } = rejection;
    const entry = {
      operation: `rejected-${sha256.slice(0, 16)}`,
      action: "version rejected",
      actor: "blob trigger",
      subject: file,
      reason,
      details: { sha256 },
    };
    await this.ports.tables.transaction(table, [auditInsert(subject, entry, this.ports.clock.now())]);
  }

  /** Names of all models with a version, sorted. */
  async models(): Promise<string[]> {
    const names: string[] = [];
    for await (const row of this.ports.tables.list(table, "index"))
      if (await this.ports.tables.get(table, row.rowKey, "head")) names.push(row.rowKey);
    return names;
  }

  /** One version with its details; AppError not_found when there is none. */
  async version(model: string, version: number): Promise<ModelVersion> {
    const row = await this.ledger.get(model, version);
    if (row === undefined) throw await this.noSuchVersion(model, `version ${version}`);
    const details = await this.ports.blobs.read(container, String(row.details));
    if (details === undefined) throw new Error(`the details of ${model} v${version} are missing: ${row.details}`);
    const parsed = JSON.parse(Buffer.from(details).toString("utf8")) as VersionDetails;
    return { ...parsed, ...rowSummary(model, row) };
  }

  /** Number, hash, size and time of every version, oldest first. */
  async versions(model: string): Promise<VersionSummary[]> {
    const all: VersionSummary[] = [];
    for await (const row of this.ledger.list(model)) all.push(rowSummary(model, row));
    return all;
  }

  /** The version number that `reference` (a number or an alias) stands for; AppError not_found when there is none. */
  async resolve(model: string, reference: string): Promise<number> {
    if (/^\d{1,9}$/.test(reference)) return Number(reference);
    const alias = aliasNames.find((name) => name === reference);
    const state = alias && (await this.alias(model, alias));
    if (state === undefined) throw await this.noSuchVersion(model, `alias "${reference}"`);
    return state.version;
  }

  /** Where the alias points now; undefined when it was never set. */
  async alias(model: string, alias: AliasName): Promise<AliasState | undefined> {
    const row = await this.ports.tables.get(table, model, `alias:${alias}`);
    return row && { version: Number(row.version), etag: String(row.etag), movedAt: String(row.movedAt) };
  }

  /** Every alias that is set. */
  async aliases(model: string): Promise<Partial<Record<AliasName, number>>> {
    const found: Partial<Record<AliasName, number>> = {};
    for await (const row of this.ports.tables.list(table, model, { from: "alias:", to: "alias;" }))
      found[row.rowKey.slice("alias:".length) as AliasName] = Number(row.version);
    return found;
  }

  /** Points an alias at a version, with its audit row, in one transaction; moving the champion keeps the old one as `previous`. */
  async moveAlias(move: AliasMove): Promise<void> {
    const { model, alias, version } = move;
    if ((await this.ledger.get(model, version)) === undefined)
      throw await this.noSuchVersion(model, `version ${version}`);
    const current = await this.alias(model, alias);
    if (current?.version === version) return;
    if (move.expected !== undefined && current?.version !== move.expected)
      throw new AppError(
        "precondition_failed",
        `${alias} of ${model} stands at ${current?.version ?? "nothing"}, not at ${move.expected}`,
      );
    const now = this.ports.clock.now();
    const row = (name: string, to: number): TableRow => ({
      partitionKey: model,
      rowKey: `alias:${name}`,
      version: to,
      movedAt: now.toISOString(),
      operation: move.operation,
    });
    const etag = move.etag === undefined ? current?.etag : move.etag;
    const operations: TableOperation[] = [
      etag ? { kind: "replace", row: row(alias, version), etag } : { kind: "insert", row: row(alias, version) },
      auditInsert(model, aliasAudit(move, current?.version), now),
    ];
    if (alias === "champion" && current) operations.push({ kind: "upsert", row: row("previous", current.version) });
    await this.commitMove(move, operations);
    this.ports.telemetry.event(telemetryEvents.aliasMoved, { model, alias, version, from: current?.version ?? 0 });
  }

  /** The model's bytes, checked against the hash they were registered under. */
  async bytes(model: string, sha256: string): Promise<Uint8Array> {
    const bytes = await this.ports.blobs.read(container, bytesBlob(model, sha256));
    if (bytes === undefined)
      throw new AppError("unavailable", `the bytes of ${model} ${sha256} are missing in storage`);
    const actual = createHash("sha256").update(bytes).digest("hex");
    if (actual !== sha256)
      throw new AppError(
        "unavailable",
        `the stored bytes of ${model} are not what was registered: ${actual}, not ${sha256}`,
      );
    return bytes;
  }

  /** Audit entries of the model, newest first. */
  audit(model: string, page: AuditPage): Promise<AuditRecord[]> {
    return this.ledger.audit(model, page);
  }

  private async commitMove(move: AliasMove, operations: TableOperation[]): Promise<void> {
    try {
      await this.ports.tables.transaction(table, operations);
    } catch (error) {
      // the move may have been written and its answer lost: the alias row then names this very operation
      const row = await this.ports.tables.get(table, move.model, `alias:${move.alias}`);
      if (row?.operation === move.operation && row.version === move.version) return;
      if (isAppError(error, "conflict", "precondition_failed"))
        throw new AppError(
          "precondition_failed",
          `the alias ${move.alias} of ${move.model} was moved by someone else`,
          {
            cause: error,
          },
        );
      throw error;
    }
  }

  private async noSuchVersion(model: string, what: string): Promise<AppError> {
    const known = await this.ports.tables.get(table, model, "head");
    if (known) {
      const numbers = Number(known.latest) === 1 ? "version 1 answers" : `versions 1 to ${known.latest} answer`;
      return new AppError("not_found", `model "${model}" has no ${what}; ${numbers} by number`);
    }
    const names = await this.models();
    const list = names.length > 0 ? `the models are ${names.join(", ")}` : "no model is registered yet";
    return new AppError("not_found", `there is no model "${model}"; ${list}`);
  }
}

export interface VersionSummary {
  model: string;
  version: number;
  sha256: string;
  sizeBytes: number;
  createdAt: string;
}

function rowSummary(model: string, row: TableRow): VersionSummary {
  return {
    model,
    version: Number(row.version),
    sha256: String(row.sha256),
    sizeBytes: Number(row.sizeBytes),
    createdAt: String(row.createdAt),
  };
}

function bytesBlob(model: string, sha256: string): string {
  return `${model}/sha256/${sha256}.onnx`;
}

function aliasAudit(move: AliasMove, from: number | undefined) {
  return {
    operation: move.operation,
    actor: move.actor,
    action: "alias moved",
    subject: `${move.model} ${move.alias}`,
    reason: move.reason,
    details: { from: from ?? null, to: move.version },
  };
}
