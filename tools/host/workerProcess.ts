import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import {
  BEAT_MS,
  type FromWorker,
  type InvokeMessage,
  type Registration,
  type StartMessage,
  type ToWorker,
} from "./protocol";

/** Why an invocation ended without an answer: its worker was killed or crashed. The work can be delivered again. */
export class WorkerLost extends Error {}

export interface WorkerOptions {
  appDir: string;
  env: NodeJS.ProcessEnv;
  execArgv: string[];
  /** milliseconds; Infinity for none */
  functionTimeoutMs: number;
  log(line: string): void;
  onRun(functionName: string, input: string): void;
  /** the process ended without having been told to */
  onLost(reason: string): void;
}

/** One child process that runs the app. */
export interface Worker {
  pid: number;
  functions: Registration[];
  listen(start: StartMessage): Promise<number>;
  /** Resolves when the function returned; rejects with its error, or with WorkerLost. */
  invoke(message: Omit<InvokeMessage, "type">): Promise<void>;
  stop(drainMs: number): Promise<void>;
  /** Settles once a stop, or the worker's end, has given its port back. */
  portFree: Promise<void>;
  kill(): void;
}

const RESERVE_MS = 2_000;
// A parent that was itself held up this long (a suspended machine) cannot judge the child's age.
const STALL_MS = 2_000;

/** Starts a worker and waits until it has loaded the app; rejects with the app's own error. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { appDir, env, execArgv, log } = options;
  const child = fork(workerScript(), [appDir], {
    cwd: appDir,
    env,
    execArgv,
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  forwardLines(child, log);
  const pending = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const heart = watchHeart(child, options);
  let isStopping = false;
  let isReady = false;
  let waiting: { resolve(message: FromWorker): void; reject(error: Error): void } | undefined;

  let closed = () => {};
  const portFree = new Promise<void>((resolve) => {
    closed = resolve;
  });

  child.on("message", (message: FromWorker) => {
    if (message.type === "beat") heart.beat(message.oldest);
    else if (message.type === "done") settle(message.id, message.error);
    else if (message.type === "run") options.onRun(message.functionName, message.input);
    else if (message.type === "closed") closed();
    else if (message.type === "failed") waiting?.reject(startError(message, log));
    else waiting?.resolve(message);
  });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      heart.stop();
      closed();
      const reason = heart.reason ?? `the worker ended (${signal ?? `exit code ${code}`})`;
      waiting?.reject(new Error(reason));
      for (const { reject } of pending.values()) reject(new WorkerLost(reason));
      pending.clear();
      if (isReady && !isStopping) options.onLost(reason);
      resolve();
    });
  });

  const settle = (id: string, error: { message: string; stack?: string } | undefined) => {
    const entry = pending.get(id);
    pending.delete(id);
    if (error === undefined) entry?.resolve();
    else entry?.reject(Object.assign(new Error(error.message), { stack: error.stack }));
  };
  const send = (message: ToWorker) => {
    if (child.connected) child.send(message, () => undefined);
  };
  const reply = () =>
    new Promise<FromWorker>((resolve, reject) => {
      waiting = { resolve, reject };
    });
  const kill = () => void child.kill("SIGKILL");

  const loaded = await reply().catch((error) => {
    isStopping = true;
    kill();
    throw error;
  });
  if (loaded.type !== "loaded") throw new Error(`The worker answered "${loaded.type}" where "loaded" was expected.`);

  return {
    pid: child.pid!,
    functions: loaded.functions,
    kill,
    portFree,
    listen: async (start) => {
      if (!child.connected) throw new Error("the worker ended before it was to listen");
      send(start);
      const answer = await reply();
      isReady = true;
      heart.start();
      return (answer as Extract<FromWorker, { type: "listening" }>).port;
    },
    invoke: (message) =>
      new Promise((resolve, reject) => {
        if (!child.connected) return reject(new WorkerLost("the worker is gone"));
        pending.set(message.id, { resolve, reject });
        send({ type: "invoke", ...message });
      }),
    stop: async (drainMs) => {
      isStopping = true;
      send({ type: "stop", drainMs });
      const timer = setTimeout(kill, drainMs + RESERVE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

function startError({ message, stack }: { message: string; stack?: string }, log: (line: string) => void): Error {
  if (stack === undefined) return new Error(message);
  log(stack);
  return new Error(`The app did not load: ${message}`);
}

// Compiled, the child's script lies beside this file; run from TypeScript (tests), it is the built one.
function workerScript(): string {
  const beside = path.join(__dirname, "worker.js");
  const built = path.join(__dirname, "../../dist/tools/host/worker.js");
  if (existsSync(beside)) return beside;
  if (existsSync(built)) return built;
  throw new Error(`${built} is missing: run "npm run build" first.`);
}

function forwardLines(child: ChildProcess, log: (line: string) => void): void {
  for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on("line", log);
}

/** Kills the child when its oldest invocation, or its silence, outlasts the function timeout. */
function watchHeart(child: ChildProcess, options: WorkerOptions) {
  const { functionTimeoutMs, log } = options;
  let last: { at: number; oldest: { functionName: string; ageMs: number } | null } = { at: 0, oldest: null };
  let checkedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const heart = {
    reason: undefined as string | undefined,
    beat: (oldest: { functionName: string; ageMs: number } | null) => {
      last = { at: performance.now(), oldest };
    },
    start: () => {
      last = { at: performance.now(), oldest: null };
      if (Number.isFinite(functionTimeoutMs)) timer = setInterval(check, BEAT_MS);
    },
    stop: () => clearInterval(timer),
  };
  const check = () => {
    const now = performance.now();
    const wasStalled = now - checkedAt > STALL_MS;
    checkedAt = now;
    const ageMs = (last.oldest?.ageMs ?? 0) + now - last.at;
    if (wasStalled || ageMs <= functionTimeoutMs) return;
    clearInterval(timer);
    const what = last.oldest ? `[${last.oldest.functionName}] ran` : "the worker did not answer";
    heart.reason = `${what} for more than ${functionTimeoutMs / 1000} s, the function timeout`;
    log(`${heart.reason}: killing the worker`);
    child.kill("SIGKILL");
  };
  return heart;
}
