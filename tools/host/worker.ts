import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { App, createCoreModule, supplyCoreModule } from "./coreModule";
import { createHttpServer } from "./httpServer";
import { invoke, running } from "./invocation";
import { loadApp, UnusableApp } from "./loadApp";
import {
  beatMs,
  type FromWorker,
  type InvokeMessage,
  type RpcData,
  type StartMessage,
  type ToWorker,
} from "./protocol";

// The child process: it loads the app, binds the HTTP port, and runs every invocation. See README.md.

const app = new App();
let server: Server | undefined;
let outputs: StartMessage["outputs"] = {};

function tell(message: FromWorker): void {
  if (process.connected) process.send!(message);
}

async function main(): Promise<void> {
  // When the parent dies, however hard, this process must not stay behind on the port.
  process.on("disconnect", () => process.exit(1));
  // The parent decides when to stop; Ctrl+C reaches the whole process group.
  process.on("SIGINT", () => undefined);
  process.on("message", (message: ToWorker) => void receive(message));
  supplyCoreModule(createCoreModule(app));
  await loadApp(app, process.argv[2]);
  const functions = [...app.functions.values()].map(({ registration }) => registration);
  tell({ type: "loaded", functions: JSON.parse(JSON.stringify(functions)) });
}

async function receive(message: ToWorker): Promise<void> {
  if (message.type === "start") await start(message).catch(fail);
  else if (message.type === "invoke") await runInvocation(message);
  else await stop(message.drainMs);
}

async function start(message: StartMessage): Promise<void> {
  outputs = message.outputs;
  server = createHttpServer(app, message, (functionName, input) => tell({ type: "run", functionName, input }));
  const failed = once(server, "error").then(([error]) => {
    throw error;
  });
  server.listen(message.port, "127.0.0.1");
  await Promise.race([once(server, "listening"), failed]);
  failed.catch(fail);
  tell({ type: "listening", port: (server.address() as AddressInfo).port });
  setInterval(beat, beatMs);
}

function beat(): void {
  const { oldest } = running;
  const ageMs = oldest ? performance.now() - oldest.startedAt : 0;
  tell({ type: "beat", oldest: oldest ? { id: oldest.id, functionName: oldest.functionName, ageMs } : null });
}

async function runInvocation(message: InvokeMessage): Promise<void> {
  const { id, functionName, inputName, data, triggerMetadata, retryContext } = message;
  try {
    const target = app.functions.get(functionName)!;
    const caller = { id, triggerMetadata, retryContext, pathValues: pathValues(triggerMetadata) };
    await invoke(app, target, { name: inputName, data }, { ...caller, outputs: outputs[functionName] ?? [] });
    tell({ type: "done", id });
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    tell({ type: "done", id, error: { message, stack } });
  }
}

function pathValues(metadata: Record<string, RpcData>): Record<string, string> {
  const entries = Object.entries(metadata).map(([name, { string, json }]) => [name, string ?? json ?? ""]);
  return Object.fromEntries(entries);
}

async function stop(drainMs: number): Promise<void> {
  const deadline = performance.now() + drainMs;
  let isClosed = server === undefined;
  server?.close(() => {
    isClosed = true;
  });
  tell({ type: "closed" });
  while ((running.oldest || !isClosed) && performance.now() < deadline) {
    server?.closeIdleConnections();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await app.runHooks("appTerminate", { hookData: {}, appHookData: app.appHookData });
  process.exit(0);
}

function fail(error: unknown): void {
  const { message, stack, code } = error as NodeJS.ErrnoException;
  const isPlain = error instanceof UnusableApp || code === "EADDRINUSE";
  const report = isPlain ? { message: code ?? message } : { message: message ?? String(error), stack };
  // The channel flushes before the exit.
  process.send!({ type: "failed", ...report } satisfies FromWorker, () => process.exit(1));
}

main().catch(fail);
