import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type App, type AppOptions, createApp } from "../../shared/app";
import { readConfig } from "../../shared/config";
import { receiveDataset } from "../../shared/loop/receiveDataset";
import { finishTraining } from "../../shared/training/finishTraining";
import { planTraining } from "../../shared/training/planTraining";
import { trainingQueues } from "../../shared/training/runRecord";
import { trainCandidate } from "../../shared/training/trainCandidate";
import { scorePlain } from "./plainRequest";
import { RecordedTelemetry } from "./recordedTelemetry";
import { startStorage } from "./storage";

/**
 * The whole loop on real storage without a host: the test moves the clock and decides when queue messages are handled.
 */
export class Loop {
  readonly telemetry = new RecordedTelemetry();
  readonly clock = { time: Date.now(), now: () => new Date(this.clock.time) };

  private constructor(
    readonly storage: Awaited<ReturnType<typeof startStorage>>,
    readonly folder: string,
    public app: App,
  ) {}

  static async start(spec: Spec): Promise<Loop> {
    const storage = await startStorage();
    const folder = mkdtempSync(path.join(tmpdir(), "tidegate-loop-"));
    const loop = new Loop(storage, folder, undefined as unknown as App);
    loop.deploy(spec);
    return loop;
  }

  /** Starts the app again with only this use case. */
  deploy(spec: Spec, options: AppOptions = {}, settings: Record<string, string> = {}): void {
    mkdirSync(path.join(this.folder, spec.name), { recursive: true });
    writeFileSync(path.join(this.folder, spec.name, "usecase.json"), JSON.stringify(spec));
    const env = { AzureWebJobsStorage: this.storage.connectionString, TIDEGATE_USECASES: this.folder, ...settings };
    this.app = createApp(readConfig(env, process.cwd()), this.telemetry, { clock: this.clock, ...options });
  }

  async drop(usecase: string, csv: string | Buffer, file = "rows.csv") {
    return receiveDataset(this.app, { usecase, file, bytes: Buffer.from(csv), droppedAt: this.clock.now() });
  }

  passHours(hours: number): void {
    this.clock.time += hours * 3_600_000;
  }

  /** Handles every training message in the order in which the steps send them; returns their number. */
  async drain(): Promise<number> {
    let handled = 0;
    for (let found = 1; found > 0; handled += found) {
      found = 0;
      found += await this.drainPlans();
      found += await this.take(trainingQueues.candidate, (step) => trainCandidate(this.app, step as Step));
      found += await this.take(trainingQueues.finish, ({ runId }) => finishTraining(this.app, runId));
    }
    return handled;
  }

  drainPlans(): Promise<number> {
    return this.take(trainingQueues.plan, ({ runId }) => planTraining(this.app, runId));
  }

  /** Takes the waiting messages of a queue and passes each to `work`. */
  async take(queue: string, work: (message: Message) => Promise<unknown>): Promise<number> {
    const client = this.storage.clients.queues.getQueueClient(queue);
    await client.createIfNotExists();
    let taken = 0;
    for (;;) {
      const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 600 });
      if (receivedMessageItems.length === 0) return taken;
      for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
        await work(JSON.parse(Buffer.from(messageText, "base64").toString("utf8")));
        await client.deleteMessage(messageId, popReceipt);
        taken++;
      }
    }
  }

  async score(model: string, rows: object[]): Promise<{ status: number; body: string }> {
    const body = JSON.stringify({ rows });
    return scorePlain(this.app, { model, body });
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.storage.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Message {
  runId: string;
}

type Step = Parameters<typeof trainCandidate>[1];

// biome-ignore lint/suspicious/noExplicitAny: a spec as read from a file, which tests change at will
type Spec = any;

/** The spec of a use case that ships. */
export function shippedSpec(usecase: string): Spec {
  return JSON.parse(readFileSync(`models/${usecase}/usecase.json`, "utf8"));
}
