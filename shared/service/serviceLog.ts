import { documentText } from "../documents";
import { messageOf } from "../errors";
import type { BlobStore } from "../ports";
import { hourPath } from "../time";
import type { CountedHour, ServiceCounts } from "./serviceCounts";
import { hourDocument, keptService } from "./serviceDocument";

export const serviceContainer = "service";

export interface ServiceLogOptions {
  blobs: Pick<BlobStore, "write">;
  counts: ServiceCounts;
  /** names this process's blobs: no other writes them, so that each may be replaced as a whole */
  instance: string;
  /** a line for the host's log */
  log: (line: string) => void;
  writeEveryMs?: number;
  sampleEveryMs?: number;
}

/**
 * Writes what a process counted, each minute and when it ends, to one blob for each hour:
 * `{yyyy}/{MM}/{dd}/{HH}/{instance}-{part}.json`. What cannot be written is kept for the next time; a process that dies
 * loses at most a minute.
 */
export class ServiceLog {
  private readonly timers: NodeJS.Timeout[];
  private writing: Promise<void> = Promise.resolve();
  private isFailing = false;
  private sampledAt = performance.now();

  constructor(private readonly options: ServiceLogOptions) {
    const { writeEveryMs = 60_000, sampleEveryMs = 500 } = options;
    this.timers = [
      setInterval(() => void this.minute(), writeEveryMs).unref(),
      setInterval(() => this.sample(sampleEveryMs), sampleEveryMs).unref(),
    ];
  }

  /** Writes what was counted; never fails: the counts are kept for the next time. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.writeChanged());
    return this.writing;
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.flush();
  }

  private minute(): Promise<void> {
    const { counts } = this.options;
    counts.minute();
    counts.memory(process.memoryUsage.rss());
    return this.flush();
  }

  /** A timer that is late was kept waiting by the event loop. */
  private sample(everyMs: number): void {
    const now = performance.now();
    this.options.counts.loopDelay(Math.max(0, now - this.sampledAt - everyMs));
    this.sampledAt = now;
  }

  private async writeChanged(): Promise<void> {
    const { counts } = this.options;
    for (const hour of counts.takeChanged())
      try {
        await this.write(hour);
        this.isFailing = false;
      } catch (error) {
        counts.putBack(hour);
        if (!this.isFailing) this.options.log(`service counts are not written yet: ${messageOf(error)}`);
        this.isFailing = true;
      }
    counts.forgetWritten();
  }

  private write(hour: CountedHour): Promise<void> {
    const { blobs, instance } = this.options;
    const name = `${hourPath(new Date(hour.startMs))}/${instance}-${hour.part}.json`;
    const slices = hour.slices.map(({ startMs, app, models }) => ({
      start: new Date(startMs).toISOString(),
      app: keptService(app),
      models: Object.fromEntries([...models].map(([model, profile]) => [model, keptService(profile)])),
    }));
    return blobs.write(serviceContainer, name, documentText(hourDocument, { slices }), "application/json");
  }
}
