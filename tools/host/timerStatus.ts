import { BlobServiceClient, RestError } from "@azure/storage-blob";
import type { Schedule } from "../../shared/ncrontab";
import { fewRetries } from "./listener";

/** What the status blob of a timer holds; times as ISO text. */
export interface TimerStatus {
  Last: string;
  Next: string;
  LastUpdated: string;
}

/** .NET's `default(DateTime)`: never run. */
export const neverRun = "0001-01-01T00:00:00";

const writeLimitMs = 10_000;

export interface TimerStore {
  read(): Promise<TimerStatus | null>;
  write(status: TimerStatus): Promise<void>;
}

/** The status blob of one timer function. */
export function openTimerStatus(storage: string, hostId: string, functionName: string): TimerStore {
  const container = BlobServiceClient.fromConnectionString(storage, fewRetries).getContainerClient(
    "azure-webjobs-hosts",
  );
  const blob = container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${functionName}/status`);
  return {
    read: async () => {
      try {
        return JSON.parse((await blob.downloadToBuffer()).toString("utf8")) as TimerStatus;
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404) return null;
        throw error;
      }
    },
    write: async (status) => {
      // No occurrence may wait for storage that does not answer.
      const abortSignal = AbortSignal.timeout(writeLimitMs);
      await container.createIfNotExists({ abortSignal });
      const text = JSON.stringify(status);
      const blobHTTPHeaders = { blobContentType: "application/json" };
      await blob.upload(text, Buffer.byteLength(text), { blobHTTPHeaders, abortSignal });
    },
  };
}

/**
 * The status to start from: the stored one, or one for the future when there is none or the schedule has changed since.
 * The timer is past due when its `Next` is before `now`. After ScheduleMonitor.cs of
 * https://github.com/Azure/azure-webjobs-sdk-extensions.
 */
export function currentStatus(stored: TimerStatus | null, schedule: Schedule, now: Date): TimerStatus {
  const fresh = { Last: neverRun, Next: schedule.next(now).toISOString(), LastUpdated: now.toISOString() };
  if (!stored) return fresh;
  const anchor = stored.Last.startsWith("0001") ? stored.LastUpdated : stored.Last;
  const expected = schedule.next(new Date(anchor));
  if (expected.getTime() === Date.parse(stored.Next)) return stored;
  return expected < now ? fresh : { ...fresh, Next: expected.toISOString(), LastUpdated: anchor };
}
