import type { IncomingMessage, ServerResponse } from "node:http";
import type { App } from "./coreModule";
import { isAllowed } from "./httpAuth";
import { endWith, reply } from "./httpReply";
import { invoke } from "./invocation";
import type { HttpRoute, OutputPlan, StartMessage } from "./protocol";
import { readBody } from "./requestBody";
import { catchAllName } from "./routeTemplate";

type Params = Record<string, string | undefined>;
type Query = Record<string, string | string[]>;
type Checks = [name: string, fits: (value: string) => boolean][];

/** Serves one HTTP function: constraints, key, body, invocation, answer. */
export function createRouteHandler(app: App, start: StartMessage, route: HttpRoute, checks: Checks) {
  const { bindingName, functionName, authLevel } = route;
  const target = app.functions.get(functionName)!;
  const outputs: OutputPlan[] = start.outputs[functionName] ?? [];
  const rest = catchAllName(route.path);

  const serve = async (
    req: IncomingMessage,
    res: ServerResponse,
    params: Params,
    query: Query,
    body: Buffer | undefined,
  ) => {
    const traceParent = req.headers.traceparent as string | undefined;
    const traceState = req.headers.tracestate as string | undefined;
    try {
      const input = { name: bindingName, data: { http: toHttpData(req, params, query, body) } };
      const response = await invoke(app, target, input, { traceParent, traceState, outputs, pathValues: params });
      reply(res, response.returnValue?.http);
    } catch (error) {
      const report = error instanceof Error ? (error.stack ?? error.message) : error;
      app.log("error", "user", `failed: ${report}`, functionName);
      endWith(res, 500);
    }
  };

  return (req: IncomingMessage, res: ServerResponse, params: Params, query: Query): void => {
    const values = rest === undefined ? params : { ...params, [rest]: params["*"], "*": undefined };
    const serveBody = (body: Buffer | undefined) => void serve(req, res, values, query, body);
    if (!fitsConstraints(values, checks)) endWith(res, 404);
    else if (!isAllowed(authLevel, req, query, start.keys)) endWith(res, 401);
    else readBody(req, serveBody, () => endWith(res, 413));
  };
}

/** The request in the shape that the programming model reads. */
function toHttpData({ method, url, headers }: IncomingMessage, params: Params, query: Query, body: Buffer | undefined) {
  return {
    method,
    url: `http://${headers.host ?? "localhost"}${url}`,
    // The library takes these or their nullable forms, which cost an object for every value.
    headers: joinValues(headers),
    query: joinValues(query),
    params: joinValues(params),
    body: body && { bytes: body },
  };
}

function fitsConstraints(values: Params, checks: Checks): boolean {
  for (const [name, fits] of checks) {
    const value = values[name];
    if (value !== undefined && value !== "" && !fits(value)) return false;
  }
  return true;
}

// Several values under one name arrive joined, as the real host joins them; rare enough to copy only then.
function joinValues(from: NodeJS.Dict<string | string[]>): NodeJS.Dict<string | string[]> {
  for (const name in from) {
    if (typeof from[name] === "string") continue;
    const entries = Object.entries(from).filter(([, value]) => value !== undefined);
    return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
  }
  return from;
}
