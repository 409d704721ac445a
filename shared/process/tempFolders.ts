import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { dayMs } from "../time";

/**
 * tidegate-{purpose}-{machine}-{process}-{when it started}-{six random characters}; early versions named no process.
 */
const ours = /^tidegate-sql-(?:(?<machine>[0-9a-f]{8})-(?<pid>\d+)-(?<started>\d+)-)?[A-Za-z0-9]{6}$/;
/** what no process of this machine can vouch for stays this long */
const strangeAgeMs = dayMs;

/** Gives `work` a new folder among the machine's temporary files, which is gone afterwards. */
export async function inTempFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const owner = `${machine()}-${process.pid}-${(await startOf(process.pid)) ?? 0}`;
  const folder = await mkdtemp(path.join(tmpdir(), `tidegate-sql-${owner}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Removes the temporary folders of processes that ended without removing them (they were killed); returns how many
 * there were.
 */
export async function sweepTempFolders(now = Date.now()): Promise<number> {
  let swept = 0;
  for (const name of await readdir(tmpdir())) {
    const folder = path.join(tmpdir(), name);
    if (!ours.test(name) || !(await isAbandoned(name, folder, now))) continue;
    // another user's folder stays: only its owner may remove it
    await rm(folder, { recursive: true, force: true }).then(
      () => swept++,
      () => undefined,
    );
  }
  return swept;
}

async function isAbandoned(name: string, folder: string, now: number): Promise<boolean> {
  const { machine: host, pid, started } = ours.exec(name)?.groups ?? {};
  if (host === machine()) return !(await isRunning(Number(pid), started));
  const found = await stat(folder).catch(() => undefined); // gone already
  return found !== undefined && now - found.mtimeMs > strangeAgeMs;
}

/** Whether the process that made a folder runs; another one may have its number by now. */
async function isRunning(pid: number, started: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const start = await startOf(pid);
  return start === undefined || started === "0" || start === started;
}

/**
 * When a process started, in the kernel's own count (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html);
 * undefined on other systems.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // the name before it may hold spaces and brackets; what follows the last bracket starts with field 3, and the start
  // is field 22
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

/** Containers may share the folder, but not their processes' numbers. */
function machine(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
}
