import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type App, createApp } from "../../shared/app";
import { readConfig } from "../../shared/config";
import { receiveDataset } from "../../shared/loop/receiveDataset";
import { reconcile } from "../../shared/loop/reconcile";
import { runMonitors } from "../../shared/loop/runMonitors";
import { sweep } from "../../shared/loop/sweep";
import type { Telemetry } from "../../shared/ports";
import { requestIdAt } from "../../shared/requestId";
import { scoreRequest } from "../../shared/serving/scoreRequest";
import { wireFormat } from "../../shared/serving/wire/registry";
import { finishTraining } from "../../shared/training/finishTraining";
import { planTraining } from "../../shared/training/planTraining";
import { candidateMessage, finishMessage, planMessage, trainingQueues } from "../../shared/training/runRecord";
import { startScheduledRuns } from "../../shared/training/startScheduledRuns";
import { trainCandidate } from "../../shared/training/trainCandidate";
import { createMemoryStorage, type MemoryQueues } from "./memoryStorage";

/** Nothing is sent anywhere: what a replay tells is in its report. */
const silent: Telemetry = {
  event: () => undefined,
  metric: () => undefined,
  invocation: (_invocation, work) => work(),
  flush: async () => undefined,
};

/**
 * The whole app on storage in memory, at a simulated time: scoring, timers and queues are called as the
 * host calls them, and each call happens at the instant that `time` names.
 */
export class SimulatedApp {
  private constructor(
    readonly app: App,
    private readonly simulated: { timeMs: number },
    private readonly queues: MemoryQueues,
    private readonly end: () => Promise<void>,
  ) {}

  /** Starts it with one use case, whose spec is written out in full. */
  static async start(spec: { name: string }, startMs: number): Promise<SimulatedApp> {
    const folder = await mkdtemp(path.join(tmpdir(), "tidegate-replay-"));
    const usecases = path.join(folder, "usecases");
    await mkdir(path.join(usecases, spec.name), { recursive: true });
    await writeFile(path.join(usecases, spec.name, "usecase.json"), JSON.stringify(spec));
    const simulated = { timeMs: startMs };
    const config = readConfig({ AzureWebJobsStorage: "in memory", TIDEGATE_USECASES: usecases }, process.cwd());
    const clock = { now: () => new Date(simulated.timeMs) };
    const storage = createMemoryStorage(clock.now);
    const app = createApp(config, silent, { clock, storage, endProcess: () => undefined });
    return new SimulatedApp(app, simulated, storage.queues, async () => {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** The present instant, ms; it only goes forward. */
  get timeMs(): number {
    return this.simulated.timeMs;
  }

  set timeMs(timeMs: number) {
    this.simulated.timeMs = Math.max(timeMs, this.simulated.timeMs);
  }

  /** Scores rows at the present instant; `pin` as in the header. */
  async score(
    model: string,
    rows: readonly object[],
    { pin, isCaptured = true }: { pin?: string; isCaptured?: boolean } = {},
  ) {
    const ports = isCaptured ? this.app : { ...this.app, capture: undefined };
    const reply = await scoreRequest(ports, {
      format: wireFormat("plain"),
      model,
      pin,
      body: JSON.stringify({ rows }),
      requestId: requestIdAt(this.app.clock.now(), randomUUID()),
    });
    return { status: reply.status, body: JSON.parse(String(reply.body)) as ScoreBody };
  }

  /** Drops a dataset at the present instant. */
  async drop(usecase: string, file: string, csv: string) {
    return receiveDataset(this.app, { usecase, file, bytes: Buffer.from(csv), droppedAt: this.app.clock.now() });
  }

  /** Runs the timers that come within this hour, each at its minute, and what they put on queues. */
  async runTimers(hourStartMs: number): Promise<void> {
    const timers: [minute: number, run: () => Promise<unknown>][] = [
      [0.5, () => sweep(this.app)],
      [5, () => runMonitors(this.app)],
      [6, () => sweep(this.app)],
      [10, () => reconcile(this.app)],
      [20, () => startScheduledRuns(this.app)],
    ];
    for (const [minute, run] of timers) {
      this.timeMs = hourStartMs + minute * 60_000;
      await run();
    }
  }

  /** Handles every waiting message of the training queues; returns how many. */
  async drainTraining(): Promise<number> {
    let handled = 0;
    for (let found = 1; found > 0; handled += found) {
      found = await this.take(trainingQueues.plan, (step) => planTraining(this.app, planMessage.parse(step).runId));
      found += await this.take(trainingQueues.candidate, (step) =>
        trainCandidate(this.app, candidateMessage.parse(step)),
      );
      found += await this.take(trainingQueues.finish, (step) =>
        finishTraining(this.app, finishMessage.parse(step).runId),
      );
    }
    return handled;
  }

  async stop(): Promise<void> {
    await this.end();
  }

  private async take(queue: string, work: (message: unknown) => Promise<unknown>): Promise<number> {
    for (let taken = 0; ; taken++) {
      const message = this.queues.take(queue);
      if (message === undefined) return taken;
      await work(message);
    }
  }
}

export interface ScoreBody {
  version: number;
  predictions: { label?: string; probability?: number; value?: number }[];
  error?: string;
}
