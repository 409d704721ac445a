import { isAppError } from "../errors";
import type { BlobInfo, BlobStore } from "../ports";
import { timeOfRequest } from "../requestId";
import { hourPath } from "../time";
import type { Truth } from "./truth";
import { linesOfTruths, truthsOfLines } from "./truthDocument";

export const truthContainer = "truth";

/** Truths lie by the hour of the request's id, or by the hour of the row's time. */
export type TruthKind = "requests" | "rows";

/** The hour (a path as `hourPath` writes it) and the kind that a truth lies under. */
export function placeOfTruth({ requestId, time }: Pick<Truth, "requestId" | "time">): {
  kind: TruthKind;
  hour: string;
} {
  if (requestId === undefined) return { kind: "rows", hour: hourPath(new Date(time as string)) };
  return { kind: "requests", hour: hourPath(timeOfRequest(requestId) ?? new Date(0)) };
}

/** What the names of the blobs of an hour, or with a shorter path of a day or a month, start with. */
export function truthPrefix(model: string, kind: TruthKind, path: string): string {
  return `${model}/${kind}/${path}/`;
}

const mostKept = 200_000;

/**
 * Truths of all models, lines of JSON in container `truth`: `{model}/{requests|rows}/{yyyy}/{MM}/{dd}/{HH}/...jsonl`.
 * Each instance appends to blobs of its own, and others are written once: nothing is read, changed and written back, so
 * that no writer can undo another's truths. A truth that is stored twice counts once.
 */
export class TruthStore {
  /** what was read of each blob; blobs only grow */
  private readonly read = new Map<string, { bytes: number; truths: Truth[] }>();
  private kept = 0;
  private readonly parts = new Map<string, number>();

  constructor(
    private readonly blobs: BlobStore,
    private readonly instance: string,
  ) {}

  /** Adds truths; those of one hour at once. One that fails midway can be repeated as a whole. */
  async add(model: string, truths: readonly Truth[]): Promise<void> {
    for (const [prefix, some] of byPrefix(model, truths)) await this.append(prefix, linesOfTruths(some));
  }

  /** Adds truths under a name that says what they come from: written once, whoever else writes them too. */
  async addOnce(model: string, name: string, truths: readonly Truth[]): Promise<void> {
    for (const [prefix, some] of byPrefix(model, truths))
      await this.blobs.create(truthContainer, `${prefix}${name}.jsonl`, linesOfTruths(some));
  }

  /** The blobs of an hour, a day or a month. */
  async list(model: string, kind: TruthKind, path: string): Promise<BlobInfo[]> {
    const found: BlobInfo[] = [];
    for await (const blob of this.blobs.list(truthContainer, truthPrefix(model, kind, path))) found.push(blob);
    return found;
  }

  /** The truths of some blobs. */
  async of(blobs: readonly BlobInfo[]): Promise<Truth[]> {
    return (await Promise.all(blobs.map((blob) => this.ofBlob(blob)))).flat();
  }

  /** The truths of an hour. */
  async inHour(model: string, kind: TruthKind, hour: string): Promise<Truth[]> {
    return this.of(await this.list(model, kind, hour));
  }

  private async ofBlob({ name, sizeBytes }: BlobInfo): Promise<Truth[]> {
    const known = this.read.get(name) ?? { bytes: 0, truths: [] };
    if (known.bytes >= sizeBytes) return known.truths;
    const bytes = Buffer.from((await this.blobs.read(truthContainer, name, known.bytes)) ?? []);
    const fresh = await truthsOfLines(bytes.toString("utf8"), `${truthContainer}/${name}`);
    const all = { bytes: known.bytes + bytes.length, truths: [...known.truths, ...fresh] };
    this.keep(name, all, fresh.length);
    return all.truths;
  }

  /** Old hours are asked for once: all is forgotten when it becomes too much. */
  private keep(name: string, read: { bytes: number; truths: Truth[] }, fresh: number): void {
    this.kept += fresh;
    if (this.kept > mostKept) {
      this.read.clear();
      this.kept = read.truths.length;
    }
    this.read.set(name, read);
  }

  /** Appends to this instance's blob, or to the next one if that has as many blocks as a blob may have. */
  private async append(prefix: string, lines: string): Promise<void> {
    const append = () => {
      const part = this.parts.get(prefix) ?? 1;
      const name = `${prefix}${this.instance}${part === 1 ? "" : `.${part}`}.jsonl`;
      return this.blobs.append(truthContainer, name, Buffer.from(lines));
    };
    try {
      await append();
    } catch (error) {
      if (!isAppError(error, "too_large")) throw error;
      this.parts.set(prefix, (this.parts.get(prefix) ?? 1) + 1);
      await append();
    }
  }
}

function byPrefix(model: string, truths: readonly Truth[]): Map<string, Truth[]> {
  return Map.groupBy(truths, (truth) => {
    const { kind, hour } = placeOfTruth(truth);
    return truthPrefix(model, kind, hour);
  });
}
