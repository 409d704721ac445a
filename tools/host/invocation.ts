import { randomUUID } from "node:crypto";
import type { App, Callback, CoreContext, InvocationRequest, InvocationResponse } from "./coreModule";
import { writeOutputs } from "./outputs";
import type { Binding, OutputPlan, Registration, RpcData } from "./protocol";
import { RunningList } from "./runningList";

export const running = new RunningList();

class InvocationContext implements CoreContext {
  state: CoreContext["state"];

  constructor(
    readonly invocationId: string,
    readonly request: InvocationRequest,
    readonly metadata: { name: string; bindings: Record<string, Binding> },
    private readonly app: App,
  ) {}

  log(level: string, category: string, message: string): void {
    this.app.log(level, category, message, this.metadata.name);
  }
}

export interface Input {
  name: string;
  data: RpcData | { http: object };
}

interface Caller {
  id?: string;
  traceParent?: string;
  traceState?: string;
  triggerMetadata?: Record<string, RpcData>;
  retryContext?: object;
  /** where the outputs go, and the values for `{name}` in their blob paths */
  outputs: OutputPlan[];
  pathValues: Record<string, string | undefined>;
}

const noMetadata: Record<string, RpcData> = {};
const noAttributes: Record<string, string> = {};

/** Runs one function and writes its outputs; rejects with what the function, a hook or an output threw. */
export async function invoke(
  app: App,
  target: { registration: Registration; callback: Callback },
  input: Input,
  caller: Caller,
): Promise<InvocationResponse> {
  const id = caller.id ?? randomUUID();
  const { registration } = target;
  const request = createRequest(id, registration.name, input, caller);
  const entry = running.add(id, registration.name);
  try {
    const core = new InvocationContext(id, request, registration, app);
    const model = app.model!.getInvocationModel(core);
    const { context, inputs } = await model.getArguments();
    const { preInvocation, postInvocation } = app.hooks;
    core.state = "invocation";
    const result =
      preInvocation.length === 0 && postInvocation.length === 0
        ? await model.invokeFunction(context, inputs, target.callback)
        : await invokeWithHooks(app, core, model, context, inputs, target.callback);
    const response = await model.getResponse(context, result);
    if (caller.outputs.length > 0) await writeOutputs(caller.outputs, response, caller.pathValues);
    return response;
  } finally {
    running.remove(entry);
  }
}

function createRequest(id: string, functionName: string, input: Input, caller: Caller): InvocationRequest {
  return {
    invocationId: id,
    functionId: functionName,
    inputData: [input],
    triggerMetadata: caller.triggerMetadata ?? noMetadata,
    traceContext: {
      traceParent: caller.traceParent ?? newTraceParent(id),
      traceState: caller.traceState ?? "",
      attributes: noAttributes,
    },
    retryContext: caller.retryContext,
  };
}

// The order and the contexts follow the real worker:
// https://github.com/Azure/azure-functions-nodejs-worker/blob/v4.x/src/eventHandlers/InvocationHandler.ts
async function invokeWithHooks(
  app: App,
  core: InvocationContext,
  model: { invokeFunction(context: unknown, inputs: unknown[], callback: Callback): Promise<unknown> },
  context: unknown,
  inputs: unknown[],
  callback: Callback,
): Promise<unknown> {
  const shared = { hookData: {}, appHookData: app.appHookData, invocationContext: context };
  const before = { ...shared, functionCallback: callback, inputs };
  core.state = "preInvocationHooks";
  await app.runHooks("preInvocation", before);

  const outcome: { result: unknown; error: unknown } = { result: null, error: null };
  const after = { ...shared, inputs: before.inputs, ...outcome };
  core.state = "invocation";
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  core.state = "postInvocationHooks";
  await app.runHooks("postInvocation", after);
  core.state = undefined;
  if (after.error !== null && after.error !== undefined) throw after.error;
  return after.result;
}

// The real host always hands a trace to the worker; here its id is the invocation's, so that either leads to the other.
function newTraceParent(id: string): string {
  const hex = id.replaceAll("-", "");
  return `00-${hex}-${hex.slice(16)}-01`;
}
