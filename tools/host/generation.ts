import { randomUUID } from "node:crypto";
import { readBlobInput, startBlobTriggers } from "./blobTrigger";
import { type FunctionPlan, planFunction, type Settings } from "./functionPlan";
import type { HostConfig } from "./hostConfig";
import type { Listener, ListenerContext } from "./listener";
import type { HttpRoute, InvokeMessage, Keys, StartMessage } from "./protocol";
import { startQueueTrigger } from "./queueTrigger";
import { startTimer, timerPayload } from "./timerTrigger";
import { queueMetadata } from "./triggerMetadata";
import { type Loss, startWorker, type Worker } from "./workerProcess";

export interface GenerationOptions {
  appDir: string;
  env: NodeJS.ProcessEnv;
  execArgv: string[];
  config: HostConfig;
  settings: Settings;
  keys: Keys;
  hostId: string;
  storage: string;
  log(line: string): void;
  onLost(generation: Generation, loss: Loss): void;
}

/** Starts a worker and checks what it registered; rejects with the first fault. */
export async function loadGeneration(options: GenerationOptions): Promise<Generation> {
  const { config, settings } = options;
  const worker = await startWorker({
    ...options,
    functionTimeoutMs: config.functionTimeout,
    onRun: (functionName, input) => void generation.runNow(functionName, input),
    onLost: (loss) => options.onLost(generation, loss),
  });
  const generation = new Generation(worker, options);
  try {
    generation.plans = worker.functions.map((registration) => planFunction(registration, settings, config));
    return generation;
  } catch (error) {
    await generation.stop(0);
    throw error;
  }
}

/** One worker with the listeners that feed it; a restart or a crash replaces the whole. */
export class Generation {
  plans: FunctionPlan[] = [];
  private readonly listeners: Listener[] = [];
  private readonly context: ListenerContext;

  constructor(
    readonly worker: Worker,
    private readonly options: GenerationOptions,
  ) {
    const { hostId, storage, log } = options;
    this.context = { hostId, storage, log, invoke: (message) => worker.invoke({ id: randomUUID(), ...message }) };
  }

  /** Opens its port (0 for any free one) and gives it; rejects where it is taken. */
  async open(port: number): Promise<number> {
    try {
      return await this.worker.listen(startMessage(this.plans, port, this.options));
    } catch (error) {
      if ((error as Error).message !== "EADDRINUSE") throw error;
      throw new Error(`Port ${port} is taken: choose another one, or 0 for any free one.`);
    }
  }

  /** Starts the listeners; rejects where storage does not answer. */
  async feed(): Promise<void> {
    try {
      await startListeners(this.plans, this.options.config, this.context, this.listeners);
    } catch (cause) {
      const what = "The triggers could not start (does storage answer at AzureWebJobsStorage?)";
      throw new Error(`${what}: ${(cause as Error).message}`, { cause });
    }
  }

  /** Runs a function as `POST /admin/functions/{name}` asks; its failure goes to the log. */
  async runNow(functionName: string, input: string): Promise<void> {
    try {
      const plan = this.plans.find(({ name }) => name === functionName)!;
      await this.context.invoke(await adminInvocation(plan, input));
    } catch (error) {
      this.options.log(`[${functionName}] failed: ${(error as Error).stack}`);
    }
  }

  /** Takes on nothing new, lets what runs finish for `drainMs`, ends the worker, and gives its work back. */
  async stop(drainMs: number): Promise<void> {
    for (const listener of this.listeners) listener.stop();
    await this.worker.stop(drainMs);
    await Promise.all(this.listeners.map((listener) => listener.idle()));
  }
}

function startMessage(plans: FunctionPlan[], port: number, { keys, hostId }: GenerationOptions): StartMessage {
  const routes = plans.flatMap(({ name, inputName, isDisabled, trigger }): HttpRoute[] => {
    if (trigger.kind !== "http" || isDisabled) return [];
    const { path, methods, authLevel } = trigger;
    return [{ functionName: name, bindingName: inputName, path, methods, authLevel }];
  });
  return {
    type: "start",
    port,
    keys,
    hostId,
    routes,
    outputs: Object.fromEntries(plans.map(({ name, outputs }) => [name, outputs])),
    functions: plans.map(({ name, isDisabled, trigger }) => ({ name, isDisabled, kind: trigger.kind })),
  };
}

async function startListeners(
  plans: FunctionPlan[],
  config: HostConfig,
  context: ListenerContext,
  listeners: Listener[],
): Promise<void> {
  const enabled = plans.filter(({ isDisabled }) => !isDisabled);
  for (const plan of enabled) {
    const { trigger } = plan;
    if (trigger.kind === "timer") listeners.push(await startTimer(plan, trigger, context));
    if (trigger.kind === "queue") {
      listeners.push(await startQueueTrigger(plan, trigger, config.extensions.queues, context));
    }
  }
  const blobPlans = enabled.flatMap((plan) =>
    plan.trigger.kind === "blob" ? [{ ...plan, trigger: plan.trigger }] : [],
  );
  listeners.push(...(await startBlobTriggers(blobPlans, config, context)));
}

/** What `POST /admin/functions/{name}` runs: a queue function takes the text, a blob function `container/name`. */
async function adminInvocation(plan: FunctionPlan, input: string): Promise<Omit<InvokeMessage, "type" | "id">> {
  const { name: functionName, inputName, trigger } = plan;
  if (trigger.kind === "blob") {
    const { container } = trigger.pattern;
    const path = input.startsWith(`${container}/`) ? input.slice(container.length + 1) : undefined;
    const found = path && (await readBlobInput({ ...plan, trigger }, path));
    if (!found) throw new Error(`"${input}" is not the path of a blob that it listens to (such as ${container}/name).`);
    return found;
  }
  if (trigger.kind === "queue") {
    const triggerMetadata = queueMetadata(input, {}, new Date());
    return { functionName, inputName, data: { string: input }, triggerMetadata };
  }
  return { functionName, inputName, data: { json: timerPayload(null, false) }, triggerMetadata: {} };
}
