import { isAppError, messageOf } from "../errors";
import type { BlobStore, TableStore } from "../ports";
import { withTimeLimit } from "../timeLimit";

/** What a load balancer or caller needs to know about this instance; it names no model, because anyone may ask. */
export interface ReadinessReport {
  status: "ready" | "not ready";
  /** why it is not ready */
  reasons: string[];
  /** model versions that this instance has paused because they failed too often */
  pausedVersions: number;
}

export interface ReadinessOptions {
  tables: Pick<TableStore, "get">;
  blobs: Pick<BlobStore, "stat">;
  pausedVersions: () => number;
  /** how long an answer from storage is kept, ms */
  maxAgeMs?: number;
  /** if storage takes longer, it counts as unavailable, ms */
  limitMs?: number;
  nowMs?: () => number;
}

/** Whether this instance can work: asks storage at most every two seconds, however many callers ask. */
export class Readiness {
  private known?: { askedAtMs: number; reasons: Promise<string[]> };

  constructor(private readonly options: ReadinessOptions) {}

  async report(): Promise<ReadinessReport> {
    const { maxAgeMs = 2_000, nowMs = () => performance.now(), pausedVersions } = this.options;
    if (this.known === undefined || nowMs() - this.known.askedAtMs >= maxAgeMs)
      this.known = { askedAtMs: nowMs(), reasons: this.askStorage() };
    const reasons = await this.known.reasons;
    return { status: reasons.length === 0 ? "ready" : "not ready", reasons, pausedVersions: pausedVersions() };
  }

  /** Reads a row and a blob that need not exist. */
  private async askStorage(): Promise<string[]> {
    const { tables, blobs, limitMs = 2_000 } = this.options;
    const asked = Promise.all([tables.get("models", "index", "-"), blobs.stat("models", "-")]).then(
      () => [],
      (error) => [isAppError(error) ? error.message : `storage refuses: ${messageOf(error)}`],
    );
    return withTimeLimit<string[], string[]>(asked, limitMs, () => [
      `storage does not answer within ${limitMs / 1000} s`,
    ]);
  }
}
