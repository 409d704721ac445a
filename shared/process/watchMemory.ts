import { readFile } from "node:fs/promises";

/**
 * Looks at a process's memory every so often and reports each time that it is over the limit; returns what ends the
 * watch. Where the system does not tell (other than Linux), nothing happens.
 */
export function watchMemory(
  pid: number,
  { limitBytes, everyMs }: { limitBytes: number; everyMs: number },
  onOver: () => void,
): () => void {
  let isWatching = true;
  const timer = setInterval(async () => {
    const bytes = await residentBytes(pid);
    if (isWatching && bytes !== undefined && bytes > limitBytes) onOver();
  }, everyMs);
  return () => {
    isWatching = false;
    clearInterval(timer);
  };
}

/** Resident memory of a process, bytes; undefined where the system does not tell, or the process is gone. */
async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined; // not Linux, or it ended: its exit says so
  }
}
