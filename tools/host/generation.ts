import { randomUUID } from "node:crypto";
import { readBlobInput, startBlobTriggers } from "./blobTrigger";
import { type FunctionPlan, planFunction, type Settings } from "./functionPlan";
import type { HostConfig } from "./hostConfig";
import type { Listener, ListenerContext } from "./listener";
import type { HttpRoute, InvokeMessage, Keys, StartMessage } from "./protocol";
import { startQueueTrigger } from "./queueTrigger";
import { startTimer, timerPayload } from "./timerTrigger";
import { queueMetadata } from "./triggerMetadata";
import { startWorker, type Worker } from "./workerProcess";

/** One worker with the listeners that feed it; a restart or a crash replaces the whole. */
export interface Generation {
  worker: Worker;
  plans: FunctionPlan[];
  /** Opens its port (0 for any free one) and gives it; rejects where it is taken. */
  open(port: number): Promise<number>;
  /** Starts the listeners; rejects where storage does not answer. */
  feed(): Promise<void>;
  /** Takes on nothing new, lets what runs finish for `drainMs`, ends the worker, and gives its work back. */
  stop(drainMs: number): Promise<void>;
}

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
  onLost(generation: Generation, reason: string): void;
}

/** Starts a worker and checks what it registered; rejects with the first fault. */
export async function loadGeneration(options: GenerationOptions): Promise<Generation> {
  const { config, settings, storage, hostId, log } = options;
  const worker = await startWorker({
    ...options,
    functionTimeoutMs: config.functionTimeout,
    onRun: (functionName, input) => void runNow(functionName, input),
    onLost: (reason) => options.onLost(generation, reason),
  });
  const context: ListenerContext = {
    hostId,
    storage,
    log,
    invoke: (message) => worker.invoke({ id: randomUUID(), ...message }),
  };
  const listeners: Listener[] = [];
  const generation: Generation = {
    worker,
    plans: [],
    open: (port) =>
      worker.listen(startMessage(generation.plans, port, options)).catch((error: Error) => {
        throw error.message === "EADDRINUSE"
          ? new Error(`Port ${port} is taken: choose another one, or 0 for any free one.`)
          : error;
      }),
    feed: () =>
      startListeners(generation.plans, config, context, listeners).catch((cause: Error) => {
        const message = `The triggers could not start (does storage answer at AzureWebJobsStorage?): ${cause.message}`;
        throw new Error(message, { cause });
      }),
    stop: async (drainMs) => {
      for (const listener of listeners) listener.stop();
      await worker.stop(drainMs);
      await Promise.all(listeners.map((listener) => listener.idle()));
    },
  };
  const runNow = async (functionName: string, input: string) => {
    try {
      const plan = generation.plans.find(({ name }) => name === functionName)!;
      await context.invoke(await adminInvocation(plan, input));
    } catch (error) {
      log(`[${functionName}] failed: ${(error as Error).stack}`);
    }
  };

  try {
    generation.plans = worker.functions.map((registration) => planFunction(registration, settings, config));
    return generation;
  } catch (error) {
    await generation.stop(0);
    throw error;
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
    return { functionName, inputName, data: { string: input }, triggerMetadata: queueMetadata(input, {}, new Date()) };
  }
  return { functionName, inputName, data: { json: timerPayload(null, false) }, triggerMetadata: {} };
}
