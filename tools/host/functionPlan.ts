import { parseNcrontab, type Schedule } from "../../shared/ncrontab";
import { type BlobPattern, parseBlobPattern } from "./blobPattern";
import type { HostConfig } from "./hostConfig";
import type { AuthLevel, Binding, OutputPlan, Registration, RetryOptions } from "./protocol";
import { parseRouteTemplate } from "./routeTemplate";

export type Trigger =
  | { kind: "http"; path: string; methods: string[]; authLevel: AuthLevel }
  | { kind: "timer"; schedule: Schedule; runOnStartup: boolean; useMonitor: boolean }
  | { kind: "queue"; queueName: string; connectionString: string }
  | { kind: "blob"; pattern: BlobPattern; connectionString: string };

/** A registered function, checked, with every `%SETTING%` filled in. */
export interface FunctionPlan {
  name: string;
  inputName: string;
  isDisabled: boolean;
  trigger: Trigger;
  outputs: OutputPlan[];
  retry?: RetryOptions;
}

export type Settings = Readonly<Record<string, string | undefined>>;

/** Checks one registration; throws a sentence with the function's name on anything this host does not offer. */
export function planFunction(registration: Registration, settings: Settings, config: HostConfig): FunctionPlan {
  const { name, bindings, retryOptions } = registration;
  try {
    const [inputName, binding] = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type)) ?? [];
    if (!inputName || !binding) throw new Error("has no trigger");
    const trigger = planTrigger(name, binding, settings, config);
    const outputs = Object.entries(bindings)
      .filter(([key]) => key !== inputName)
      .flatMap(([key, output]) => planOutput(key, output, trigger, settings, config));
    if (retryOptions && trigger.kind !== "timer") {
      throw new Error(`has a retry policy, which works only on timers; a ${trigger.kind} trigger has its own retries`);
    }
    const isDisabled = /^(true|1)$/i.test(settings[`AzureWebJobs.${name}.Disabled`] ?? "");
    return { name, inputName, isDisabled, trigger, outputs, retry: retryOptions };
  } catch (cause) {
    throw new Error(`Function "${name}": ${(cause as Error).message}.`, { cause });
  }
}

function planTrigger(name: string, binding: Binding, settings: Settings, config: HostConfig): Trigger {
  const fill = (key: string) => fillSettings(text(binding, key), settings);
  const connectionString = () => findConnection(binding, settings);
  switch (binding.type.toLowerCase()) {
    case "httptrigger":
      return planHttp(name, binding, settings, config);
    case "timertrigger": {
      const schedule = parseNcrontab(fill("schedule"));
      const useMonitor = (binding.useMonitor as boolean | undefined) ?? !schedule.isFrequent;
      return { kind: "timer", schedule, runOnStartup: binding.runOnStartup === true, useMonitor };
    }
    case "queuetrigger":
      return { kind: "queue", queueName: fill("queueName").toLowerCase(), connectionString: connectionString() };
    case "blobtrigger":
      if (binding.source === "EventGrid")
        throw new Error("asks for the Event Grid blob source, which this host does not offer");
      return { kind: "blob", pattern: parseBlobPattern(fill("path")), connectionString: connectionString() };
    default:
      throw new Error(`has a ${binding.type}, which this host does not offer`);
  }
}

function planHttp(name: string, binding: Binding, settings: Settings, config: HostConfig): Trigger {
  const route = fillSettings((binding.route as string | undefined) ?? name, settings);
  const prefix = config.extensions.http.routePrefix;
  const path = [prefix, route]
    .map((part) => part.replaceAll(/^\/+|\/+$/g, ""))
    .filter((part) => part !== "")
    .join("/");
  if (/^(admin|runtime)(\/|$)/i.test(path))
    throw new Error(`has the route "${path}", which the host reserves for itself`);
  parseRouteTemplate(path);
  const authLevel = String(binding.authLevel ?? "anonymous").toLowerCase();
  if (authLevel !== "anonymous" && authLevel !== "function" && authLevel !== "admin") {
    throw new Error(`has the authLevel "${authLevel}", which is not anonymous, function or admin`);
  }
  const methods = ((binding.methods as string[] | undefined) ?? ["GET", "POST"]).map((method) => method.toUpperCase());
  return { kind: "http", path, methods, authLevel };
}

function planOutput(
  name: string,
  binding: Binding,
  trigger: Trigger,
  settings: Settings,
  config: HostConfig,
): OutputPlan[] {
  if (binding.direction === "in")
    throw new Error(`has the input binding "${binding.type}", which this host does not offer`);
  const type = binding.type.toLowerCase();
  if (type === "http" && trigger.kind === "http" && name === "$return") return [];
  if (type === "queue") {
    const queueName = fillSettings(text(binding, "queueName"), settings).toLowerCase();
    const base64 = config.extensions.queues.messageEncoding === "base64";
    return [{ kind: "queue", name, queueName, connectionString: findConnection(binding, settings), base64 }];
  }
  if (type === "blob") {
    const path = fillSettings(text(binding, "path"), settings);
    if (!path.includes("/")) throw new Error(`has the blob output path "${path}" where container/name is needed`);
    return [{ kind: "blob", name, path, connectionString: findConnection(binding, settings) }];
  }
  throw new Error(`has the output binding "${binding.type}", which this host does not offer`);
}

function text(binding: Binding, key: string): string {
  const value = binding[key];
  if (typeof value !== "string" || value === "") throw new Error(`has a ${binding.type} without "${key}"`);
  return value;
}

function fillSettings(value: string, settings: Settings): string {
  return value.replaceAll(/%([^%]+)%/g, (whole, key: string) => {
    const setting = settings[key];
    if (setting === undefined) throw new Error(`uses ${whole}, but there is no app setting "${key}"`);
    return setting;
  });
}

// https://learn.microsoft.com/azure/azure-functions/functions-reference#connections
function findConnection(binding: Binding, settings: Settings): string {
  const key = (binding.connection as string | undefined) || "AzureWebJobsStorage";
  const value = settings[key] || settings[`AzureWebJobs${key}`];
  if (!value) throw new Error(`connects through the app setting "${key}", which holds no storage connection string`);
  return value;
}
