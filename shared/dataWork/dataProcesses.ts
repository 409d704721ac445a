import { type ChildProcess, fork } from "node:child_process";
import { setPriority } from "node:os";
import type { DataOutcome, DataTask, DataWork } from "../data/dataTasks";
import { AppError, type Failure, fromFailure } from "../errors";
import { compiledFile } from "../packageRoot";
import { processorSeconds } from "../process/processorSeconds";
import { inTempFolder } from "../process/tempFolders";
import { watchMemory } from "../process/watchMemory";
import type { DataRequest } from "./dataProcess";

export interface DataProcessOptions {
  /** what a task may take: its process ends beyond it */
  memoryBytes: number;
  /** environment of the processes: no key is in it */
  environment: NodeJS.ProcessEnv;
  /** processor time that a task may take; where the system does not tell it, wall time */
  limitSeconds?: number;
}

const watchEveryMs = 100;
/** shares of the task's memory: for the database, and for small objects; the rest is for columns */
const databaseShare = 0.3;
const objectShare = 0.5;

/** DataWork in a process of its own for each task, at a lower priority than serving, one at a time. */
export function createDataProcesses(options: DataProcessOptions): DataWork {
  let last: Promise<unknown> = Promise.resolve();
  return {
    inFolder: (work) => {
      const result = last.then(() => inTempFolder((folder) => work(folder, (task) => perform(task, folder, options))));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

async function perform<T extends DataTask>(
  task: T,
  folder: string,
  { memoryBytes, environment, limitSeconds = 600 }: DataProcessOptions,
): Promise<DataOutcome<T>> {
  const child = fork(compiledFile("shared/dataWork/dataProcess"), {
    // a small young generation, so that what is dropped goes soon
    execArgv: [`--max-old-space-size=${Math.round((objectShare * memoryBytes) / 2 ** 20)}`, "--max-semi-space-size=8"],
    // glibc would keep what each of the database's threads gave back: half of all
    env: { ...environment, MALLOC_ARENA_MAX: "1" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const watch = new Watch(child, memoryBytes, limitSeconds);
  try {
    const answer = answerOf(child, watch);
    const limits = { memoryBytes: databaseShare * memoryBytes, tempBytes: 4 * memoryBytes };
    child.send({ task, folder, limits } satisfies DataRequest, () => undefined); // an ended process says so by its exit
    return (await answer) as DataOutcome<T>;
  } finally {
    watch.stop();
    child.kill("SIGKILL");
  }
}

function answerOf(child: ChildProcess, watch: Watch): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", (reply: { outcome: unknown } | { failure: Failure }) => {
      if ("outcome" in reply) resolve(reply.outcome);
      else reject(fromFailure(reply.failure));
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (signal === "SIGABRT") watch.overMemory(); // how a process ends whose heap is full
      reject(watch.verdict ?? new Error(`the data process ended (${signal ?? code}) without an answer`));
    });
  });
}

/** Ends a process that takes too much memory or time, and says why. */
class Watch {
  verdict?: AppError;
  private readonly started = performance.now();
  private readonly timer = setInterval(() => void this.lookAtTime(), watchEveryMs);
  private readonly leaveMemory: () => void;

  constructor(
    private readonly child: ChildProcess,
    private readonly memoryBytes: number,
    private readonly limitSeconds: number,
  ) {
    child.once("spawn", () => lower(child));
    const limit = { limitBytes: memoryBytes, everyMs: watchEveryMs };
    this.leaveMemory = watchMemory(child.pid as number, limit, () => this.overMemory());
  }

  stop(): void {
    clearInterval(this.timer);
    this.leaveMemory();
  }

  overMemory(): void {
    const limitMb = Math.round(this.memoryBytes / 2 ** 20);
    this.end(`more than ${limitMb} MB of memory`, "make the file smaller, or raise TIDEGATE_DATA_MEMORY_MB");
  }

  private async lookAtTime(): Promise<void> {
    const wallSeconds = (performance.now() - this.started) / 1000;
    const seconds = await processorSeconds(this.child.pid as number);
    // the load of the machine must not decide, but a process that makes no progress must end
    if ((seconds ?? wallSeconds) > this.limitSeconds || wallSeconds > 6 * this.limitSeconds)
      this.end(`more than ${this.limitSeconds} s`, "make the file smaller");
  }

  private end(what: string, advice: string): void {
    this.verdict ??= new AppError("rejected", `reading the data takes ${what}: ${advice}`);
    this.child.kill("SIGKILL");
  }
}

/** as niceness: on a busy core the work still gets a quarter */
const lowered = 5;

/** What serves goes first. */
function lower({ pid }: ChildProcess): void {
  try {
    setPriority(pid as number, lowered);
  } catch {
    // it has already ended, or the platform does not let us: then both have the same priority
  }
}
