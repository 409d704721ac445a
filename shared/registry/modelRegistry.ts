import { type DocumentType, documentText, readRow } from "../documents";
import { AppError } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import { cutText } from "../ledger/cutText";
import { type OnUnreadable, readableRows } from "../ledger/readable";
import { sha256Of, type VerifiedBlobs, writeHashed } from "../ledger/verifiedBlobs";
import { VersionLedger } from "../ledger/versionLedger";
import type { BlobStore, Clock, TableRow, TableStore, Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import type { AliasPin } from "./aliasPin";
import { type AliasMove, AliasPointers, type PauseChange } from "./aliasPointers";
import type { AliasPause, AliasState } from "./aliasRow";
import { type AliasName, aliasNames, type ModelVersion, type VersionDetails } from "./modelVersion";
import { notShownBetter } from "./notShownBetter";
import { versionDocument } from "./versionDocument";
import { type VersionRow, type VersionSummary, versionRows } from "./versionRow";

const table = "models";
const container = "models";
/** characters of a rejection's reason; longer ones go to a blob */
const longestReason = 1200;

export interface Registration {
  model: string;
  bytes: Uint8Array;
  details: VersionDetails;
  /** name of the operation, so that a repeated one leaves one audit row */
  operation: string;
  actor: string;
}

export interface RegistryPorts {
  blobs: BlobStore;
  documents: VerifiedBlobs;
  tables: TableStore;
  clock: Clock;
  telemetry: Telemetry;
  /** called after an alias of the model was moved here, before the move is reported as done */
  aliasMoved?: (model: string) => Promise<void>;
}

/** Immutable model versions and the aliases that point at them: bytes and details in blobs, the rest in one table. */
export class ModelRegistry {
  private readonly ledger: VersionLedger;
  private readonly pointers: AliasPointers;

  constructor(private readonly ports: RegistryPorts) {
    this.ledger = new VersionLedger(ports.tables, table, ports.clock);
    this.pointers = new AliasPointers(ports.tables, table, ports.clock);
  }

  /** Registers bytes that the caller has loaded and smoke-tested; known bytes return the version they have. */
  async register(request: Registration): Promise<{ version: number; created: boolean }> {
    const { model, bytes, details, operation, actor } = request;
    const sha256 = await sha256Of(bytes);
    await this.ports.blobs.create(container, bytesBlob(model, sha256), bytes);
    const place = { container, name: `${model}/details/${sha256}-${operation}.json` };
    const stored = await writeHashed(this.ports.blobs, place, documentText(versionDocument, details));
    await this.ports.tables.transaction(table, [{ kind: "upsert", row: { partitionKey: "index", rowKey: model } }]);
    const outcome = await this.ledger.register(model, {
      sha256,
      columns: {
        form: versionRows.form,
        sizeBytes: bytes.byteLength,
        details: stored.name,
        detailsSha256: stored.sha256,
        source: details.lineage.source,
        ...markOf(details),
      },
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

  /**
   * Records that bytes were rejected as a version of a model; `subject` is the model, or "tidegate" if its name is not
   * valid. Returns the reason as recorded: the beginning of a long one, and the blob with the full text.
   */
  async recordRejection(subject: string, rejection: { file: string; sha256: string; reason: string }): Promise<string> {
    const { file, sha256 } = rejection;
    const reason = await this.shortReason(`${subject}/rejected/${sha256}.txt`, rejection.reason);
    const entry = {
      operation: `rejected-${sha256.slice(0, 16)}`,
      action: "version rejected",
      actor: "blob trigger",
      subject: file,
      reason,
      details: { sha256 },
    };
    await this.ports.tables.transaction(table, [auditInsert(subject, entry, this.ports.clock.now())]);
    return reason;
  }

  /** A runtime's reason may not fit into a table cell. */
  private async shortReason(blob: string, reason: string): Promise<string> {
    if (reason.length <= longestReason) return reason;
    await this.ports.blobs.write(container, blob, reason, "text/plain; charset=utf-8");
    return `${cutText(reason, longestReason)}; the whole text is in ${container}/${blob}`;
  }

  /** Names of all models with a version, sorted; `onUnreadable` is told where a model's `head` cannot be read. */
  async models(onUnreadable: (error: AppError, model: string) => void = () => {}): Promise<string[]> {
    const names: string[] = [];
    for await (const row of this.ports.tables.list(table, "index"))
      if (await this.ledger.hasVersions(row.rowKey, (error) => onUnreadable(error, row.rowKey))) names.push(row.rowKey);
    return names;
  }

  /** One version with its details; AppError not_found when there is none. */
  async version(model: string, version: number): Promise<ModelVersion> {
    const row = await this.ledger.get(model, version);
    if (row === undefined) throw await this.noSuchVersion(model, `version ${version}`);
    const found = readRow(versionRows, table, row);
    const place = { container, name: found.details, sha256: found.detailsSha256, subject: model };
    const details = await this.ports.documents.readAs(versionDocument, place);
    return { ...details, ...summaryOf(model, found), notShownBetter: notShownBetter(details.differences) };
  }

  /** A stored document that the version's details name, by container and name. */
  document<T>(type: DocumentType<T>, { model, documents }: ModelVersion, path: string): Promise<T> {
    const slash = path.indexOf("/");
    const sha256 = documents?.[path];
    const place = { container: path.slice(0, slash), name: path.slice(slash + 1) };
    return this.ports.documents.readAs(type, { ...place, sha256, subject: model });
  }

  /**
   * Number, hash, size and time of every version, oldest first; one that cannot be read is thrown, or told to
   * `onUnreadable`.
   */
  versions(model: string, onUnreadable?: OnUnreadable): Promise<VersionSummary[]> {
    const read = (row: TableRow) => summaryOf(model, readRow(versionRows, table, row));
    return readableRows(this.ledger.list(model), read, onUnreadable);
  }

  /**
   * The version number that `reference` (a number or an alias) stands for; AppError not_found when there is none,
   * paused while the alias is.
   */
  async resolve(model: string, reference: string): Promise<number> {
    if (/^\d{1,9}$/.test(reference)) return Number(reference);
    const alias = aliasNames.find((name) => name === reference);
    const state = alias && (await this.alias(model, alias));
    if (state === undefined) throw await this.noSuchVersion(model, `alias "${reference}"`);
    if (state.pause)
      throw new AppError("paused", `${reference} of ${model} is paused by ${state.pause.by}: ${state.pause.reason}`);
    return state.version;
  }

  /** Where the alias points now; undefined when it was never set. */
  alias(model: string, alias: AliasName): Promise<AliasState | undefined> {
    return this.pointers.get(model, alias);
  }

  /** Every alias that is set and the version it points at. */
  async aliases(model: string): Promise<Partial<Record<AliasName, number>>> {
    return (await this.aliasesAndPins(model)).aliases;
  }

  /**
   * The version of every alias that is set, the pin of every one that has one, and the pause of those that are paused;
   * an alias that cannot be read is thrown, or told to `onUnreadable`.
   */
  async aliasesAndPins(model: string, onUnreadable?: OnUnreadable) {
    const states = await this.pointers.all(model, onUnreadable);
    const aliases: Partial<Record<AliasName, number>> = {};
    const pins: Partial<Record<AliasName, AliasPin>> = {};
    const pauses: Partial<Record<AliasName, AliasPause>> = {};
    for (const [name, { version, pin, pause }] of states) {
      aliases[name] = version;
      if (pin) pins[name] = pin;
      if (pause) pauses[name] = pause;
    }
    return { aliases, pins, ...(Object.keys(pauses).length > 0 && { pauses }) };
  }

  /** Pauses or resumes requests by an alias; false where the alias was never set, or nothing changes. */
  async setPause(change: PauseChange): Promise<boolean> {
    const changed = await this.pointers.setPause(change);
    if (changed) await this.ports.aliasMoved?.(change.model);
    return changed;
  }

  /** Moves, pins or frees an alias; AppError not_found when there is no such version. */
  async moveAlias(move: AliasMove): Promise<void> {
    const { model, alias, version } = move;
    if ((await this.ledger.get(model, version)) === undefined)
      throw await this.noSuchVersion(model, `version ${version}`);
    const { moved, from } = await this.pointers.move(move);
    if (moved) this.ports.telemetry.event(telemetryEvents.aliasMoved, { model, alias, version, from: from ?? 0 });
    await this.ports.aliasMoved?.(model);
  }

  /** The model's bytes, checked against the hash they were registered under. */
  bytes(model: string, sha256: string): Promise<Uint8Array> {
    return this.ports.documents.read({ container, name: bytesBlob(model, sha256), sha256, subject: model });
  }

  private async noSuchVersion(model: string, what: string): Promise<AppError> {
    const latest = await this.ledger.latest(model);
    if (latest !== undefined) {
      const numbers = latest === 1 ? "version 1 answers" : `versions 1 to ${latest} answer`;
      return new AppError("not_found", `model "${model}" has no ${what}; ${numbers} by number`);
    }
    const names = await this.models();
    const list = names.length > 0 ? `the models are ${names.join(", ")}` : "no model is registered yet";
    return new AppError("not_found", `there is no model "${model}"; ${list}`);
  }
}

/** The mark as a column, so that lists of versions show it. */
function markOf({ differences }: VersionDetails): { notShownBetter?: string } {
  const baselines = notShownBetter(differences);
  return baselines === undefined ? {} : { notShownBetter: baselines.join(",") };
}

function summaryOf(model: string, row: VersionRow): VersionSummary {
  const { version, sha256, sizeBytes, createdAt, notShownBetter: mark } = row;
  return { model, version, sha256, sizeBytes, createdAt, ...(mark && { notShownBetter: mark.split(",") }) };
}

function bytesBlob(model: string, sha256: string): string {
  return `${model}/sha256/${sha256}.onnx`;
}
