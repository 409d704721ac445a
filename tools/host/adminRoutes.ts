import type { IncomingMessage, ServerResponse } from "node:http";
import type { HTTPVersion, Instance } from "find-my-way";
import { isAllowed } from "./httpAuth";
import type { FunctionSummary, StartMessage } from "./protocol";
import { readBody } from "./requestBody";

type Handler = (req: IncomingMessage, res: ServerResponse, params: Record<string, string | undefined>) => void;

/**
 * The admin endpoints, all behind the master key: status, the list of functions, and running one now
 * (https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http).
 */
export function addAdminRoutes(
  router: Instance<HTTPVersion.V1>,
  start: StartMessage,
  run: (functionName: string, input: string) => void,
): void {
  const add = (method: "GET" | "POST", path: string, handler: Handler) =>
    router.on(method, path, (req, res, params, _store, query) => {
      if (isAllowed("admin", req, query, start.keys)) handler(req, res, params);
      else send(res, 401);
    });
  const startedAt = Date.now();

  add("GET", "/admin/host/status", (_req, res) =>
    send(res, 200, {
      id: start.hostId,
      state: "Running",
      processUptime: Date.now() - startedAt,
      workerPid: process.pid,
      emulator: true,
    }),
  );
  add("GET", "/admin/functions", (_req, res) => send(res, 200, start.functions));
  add("POST", "/admin/functions/:name", (req, res, { name }) => {
    const target = start.functions.find((entry) => entry.name.toLowerCase() === name?.toLowerCase());
    if (target) runFromBody(req, res, target, (input) => run(target.name, input));
    else send(res, 404);
  });
}

function runFromBody(
  req: IncomingMessage,
  res: ServerResponse,
  { kind, name }: FunctionSummary,
  run: (input: string) => void,
): void {
  if (kind === "http") {
    send(res, 400, { error: `${name} is an HTTP function: call its route.` });
    return;
  }
  const start = (body: Buffer | undefined) => {
    const input = parseInput(body);
    if (input === undefined) {
      return send(res, 400, { error: 'The body must be JSON such as {"input": "text"}; for a timer {} will do.' });
    }
    run(input);
    send(res, 202);
  };
  readBody(req, start, () => send(res, 413));
}

function parseInput(body: Buffer | undefined): string | undefined {
  if (!body) return "";
  try {
    const { input = "" } = JSON.parse(body.toString("utf8")) as { input?: unknown };
    return typeof input === "string" ? input : JSON.stringify(input);
  } catch {
    return undefined;
  }
}

function send(res: ServerResponse, status: number, body?: object): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  res.writeHead(status, {
    ...(body && { "content-type": "application/json; charset=utf-8" }),
    "content-length": Buffer.byteLength(text),
  });
  res.end(text);
}
