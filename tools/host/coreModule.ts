import Module from "node:module";
import type { Binding, Registration, RetryOptions, RpcData } from "./protocol";

export interface CoreContext {
  invocationId: string;
  request: InvocationRequest;
  metadata: { name: string; bindings: Record<string, Binding> };
  state?: "preInvocationHooks" | "invocation" | "postInvocationHooks";
  log(level: string, category: string, message: string): void;
}

export interface InvocationRequest {
  invocationId: string;
  functionId: string;
  inputData: { name: string; data: RpcData | { http: object } }[];
  triggerMetadata: Record<string, RpcData>;
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
  retryContext?: object;
}

export type Callback = (...inputs: unknown[]) => unknown;

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: Callback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface HttpReply {
  statusCode: string;
  headers?: Record<string, string>;
  cookies?: RpcCookie[];
  body?: RpcData | null;
}

export interface RpcCookie {
  name: string;
  value: string;
  domain?: { value: string };
  path?: { value: string };
  expires?: { value: { seconds: number } };
  secure?: { value: boolean };
  httpOnly?: { value: boolean };
  sameSite?: "none" | "lax" | "strict" | "explicitNone";
  maxAge?: { value: number };
}

export interface InvocationResponse {
  outputData?: { name: string; data: RpcData }[];
  returnValue?: (RpcData & { http?: HttpReply }) | null;
}

interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

const hookNames = ["appStart", "appTerminate", "preInvocation", "postInvocation", "log"] as const;
export type HookName = (typeof hookNames)[number];
type Hook = (context: object) => unknown;

/** What the app registered through `@azure/functions-core`. */
export class App {
  readonly functions = new Map<string, { registration: Registration; callback: Callback }>();
  readonly hooks: Record<HookName, Hook[]> = {
    appStart: [],
    appTerminate: [],
    preInvocation: [],
    postInvocation: [],
    log: [],
  };
  readonly appHookData: Record<string, unknown> = {};
  model: ProgrammingModel | undefined;
  isLocked = false;

  async runHooks(name: HookName, context: object): Promise<void> {
    for (const hook of this.hooks[name]) await hook(context);
  }

  /** Writes one line to the parent through stdout, after the app's log hooks have seen it. */
  log(level: string, category: string, message: string, source: string): void {
    const entry = { level, category, message };
    for (const hook of this.hooks.log) hook(entry);
    if (entry.level === "none" || (category === "system" && (level === "debug" || level === "trace"))) return;
    const mark = entry.level === "information" ? "" : ` ${entry.level}`;
    process.stdout.write(`[${source}]${mark} ${entry.message.replaceAll("\n", "\n    ")}\n`);
  }
}

class Disposable {
  constructor(private readonly callOnDispose?: () => void) {}
  dispose(): void {
    this.callOnDispose?.();
  }
}

/**
 * The module `@azure/functions-core` as the real Node worker supplies it
 * (https://github.com/Azure/azure-functions-nodejs-worker/blob/v4.x/types-core/index.d.ts).
 */
export function createCoreModule(app: App): object {
  return {
    version: "3.12.0",
    hostVersion: "4.1046.0",
    Disposable,
    log: (level: string, category: string, message: string) => app.log(level, category, message, "worker"),
    setProgrammingModel: (model: ProgrammingModel) => {
      if (app.isLocked) throw new Error("The programming model can be set only while the app starts.");
      app.model = model;
    },
    getProgrammingModel: () => app.model,
    registerHook: (name: string, hook: Hook) => {
      const list = app.hooks[name as HookName];
      if (!list) throw hookNameError(name);
      list.push(hook);
      return new Disposable(() => list.splice(list.indexOf(hook), 1));
    },
    registerFunction: (
      metadata: { name: string; bindings: Record<string, Binding>; retryOptions?: RetryOptions },
      callback: Callback,
    ) => {
      const { name, bindings, retryOptions } = metadata;
      if (app.isLocked) throw new Error(`Function "${name}" was registered after the app had started.`);
      if (app.functions.has(name)) throw new Error(`A function named "${name}" is registered twice.`);
      app.functions.set(name, { registration: { name, bindings, retryOptions }, callback });
      return new Disposable(() => app.functions.delete(name));
    },
  };
}

// The library recognises an unknown hook by this name and flag.
function hookNameError(name: string): Error {
  return Object.assign(new RangeError(`Unrecognized hook "${name}"; known hooks are ${hookNames.join(", ")}.`), {
    isAzureFunctionsSystemError: true,
  });
}

/** Makes `require("@azure/functions-core")` answer with `core`, everywhere in this process. */
export function supplyCoreModule(core: object): void {
  const original = Module.prototype.require;
  Module.prototype.require = Object.assign(function (this: NodeModule, id: string) {
    return id === "@azure/functions-core" ? core : original.call(this, id);
  }, original);
}
