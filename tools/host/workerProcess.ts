import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { FromWorker, InvokeMessage, Registration, StartMessage, ToWorker } from "./protocol";
import { WorkerHeart } from "./workerHeart";

/** Why an invocation ended without an answer: its worker was killed or crashed. The work can be delivered again. */
export class WorkerLost extends Error {}

/** How a worker ended that had not been told to; a crash unless the host killed it for a function timeout. */
export interface Loss {
  reason: string;
  isCrash: boolean;
}

export interface WorkerOptions {
  appDir: string;
  env: NodeJS.ProcessEnv;
  execArgv: string[];
  /** Infinity for none */
  functionTimeoutMs: number;
  log(line: string): void;
  onRun(functionName: string, input: string): void;
  onLost(loss: Loss): void;
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

const reserveMs = 2_000;

/** Starts a worker and waits until it has loaded the app; rejects with the app's own error. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const worker = new Worker(options);
  await worker.load();
  return worker;
}

/** One child process that runs the app. */
export class Worker {
  functions: Registration[] = [];
  /** Settles once a stop, or the worker's end, has given its port back. */
  readonly portFree: Promise<void>;
  private readonly child: ChildProcess;
  private readonly heart: WorkerHeart;
  private readonly pending = new Map<string, Waiting<void>>();
  private readonly exited: Promise<void>;
  private waiting: Waiting<FromWorker> | undefined;
  private closed!: () => void;
  private isStopping = false;
  private isReady = false;

  constructor(private readonly options: WorkerOptions) {
    const { appDir, env, execArgv, functionTimeoutMs, log } = options;
    this.child = fork(workerScript(), [appDir], {
      cwd: appDir,
      env,
      execArgv,
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    forwardLines(this.child, log);
    this.heart = new WorkerHeart(this.child, functionTimeoutMs, log);
    this.portFree = new Promise((resolve) => {
      this.closed = resolve;
    });
    this.child.on("message", (message: FromWorker) => this.receive(message));
    this.exited = new Promise((resolve) => {
      this.child.once("exit", (code, signal) => {
        this.end(`the worker ended (${signal ?? `exit code ${code}`})`);
        resolve();
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Waits until the app is loaded; rejects with its error, or with WorkerLost. */
  async load(): Promise<void> {
    const loaded = await this.reply().catch((error) => {
      this.isStopping = true;
      this.kill();
      throw error;
    });
    if (loaded.type !== "loaded") throw new Error(`The worker answered "${loaded.type}" where "loaded" was expected.`);
    this.functions = loaded.functions;
  }

  /** Binds the port, and gives it; rejects where it is taken. */
  async listen(start: StartMessage): Promise<number> {
    if (!this.child.connected) throw new WorkerLost("the worker ended before it was to listen");
    this.send(start);
    const answer = await this.reply();
    this.isReady = true;
    this.heart.start();
    return (answer as Extract<FromWorker, { type: "listening" }>).port;
  }

  /** Resolves when the function returned; rejects with its error, or with WorkerLost. */
  invoke(message: Omit<InvokeMessage, "type">): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.child.connected) return reject(new WorkerLost("the worker is gone"));
      this.pending.set(message.id, { resolve, reject });
      this.send({ type: "invoke", ...message });
    });
  }

  async stop(drainMs: number): Promise<void> {
    this.isStopping = true;
    this.send({ type: "stop", drainMs });
    const timer = setTimeout(() => this.kill(), drainMs + reserveMs);
    await this.exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }

  private receive(message: FromWorker): void {
    if (message.type === "beat") this.heart.beat(message.oldest);
    else if (message.type === "done") this.settle(message.id, message.error);
    else if (message.type === "run") this.options.onRun(message.functionName, message.input);
    else if (message.type === "closed") this.closed();
    else if (message.type === "failed") this.waiting?.reject(startError(message, this.options.log));
    else this.waiting?.resolve(message);
  }

  private settle(id: string, error: { message: string; stack?: string } | undefined): void {
    const entry = this.pending.get(id);
    this.pending.delete(id);
    if (error === undefined) entry?.resolve();
    else entry?.reject(Object.assign(new Error(error.message), { stack: error.stack }));
  }

  /** The process is gone: whatever waits for it fails. */
  private end(ending: string): void {
    this.heart.stop();
    this.closed();
    const { killReason } = this.heart;
    const reason = killReason ?? ending;
    this.waiting?.reject(new WorkerLost(reason));
    for (const { reject } of this.pending.values()) reject(new WorkerLost(reason));
    this.pending.clear();
    if (this.isReady && !this.isStopping) this.options.onLost({ reason, isCrash: killReason === undefined });
  }

  private reply(): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  private send(message: ToWorker): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }
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
