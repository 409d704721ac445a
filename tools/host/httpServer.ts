import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import findMyWay, { type HTTPMethod } from "find-my-way";
import { addAdminRoutes } from "./adminRoutes";
import type { App, HttpReply } from "./coreModule";
import { isAllowed } from "./httpAuth";
import { invoke } from "./invocation";
import type { HttpRoute, OutputPlan, StartMessage } from "./protocol";
import { readBody } from "./requestBody";
import { settleTarget } from "./requestTarget";
import { catchAllName, parseRouteTemplate } from "./routeTemplate";
import { serializeCookie } from "./setCookie";

/** Serves the app's HTTP functions and the admin endpoints; the caller binds the port. */
export function createHttpServer(
  app: App,
  start: StartMessage,
  run: (functionName: string, input: string) => void,
): Server {
  const router = findMyWay({ caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 8192 });
  for (const route of start.routes) {
    const { path, checks } = parseRouteTemplate(route.path);
    const serve = createRouteHandler(app, start, route, checks);
    router.on(route.methods as HTTPMethod[], path, (req, res, params, _store, query) => serve(req, res, params, query));
  }
  addAdminRoutes(router, start, run);

  const server = createServer((req, res) => {
    if (!settleTarget(req)) return end(res, 400);
    const found = router.find(req.method as HTTPMethod, req.url!);
    if (found) found.handler(req, res, found.params, found.store, found.searchParams);
    else end(res, 404);
  });
  // Longer than the idle time of common clients and proxies, so that it is never the server that closes first.
  server.keepAliveTimeout = 120_000;
  return server;
}

function createRouteHandler(
  app: App,
  start: StartMessage,
  route: HttpRoute,
  checks: [string, (value: string) => boolean][],
) {
  const target = app.functions.get(route.functionName)!;
  const outputs: OutputPlan[] = start.outputs[route.functionName] ?? [];
  const { bindingName, functionName, authLevel } = route;
  const rest = catchAllName(route.path);

  const serve = async (
    req: IncomingMessage,
    res: ServerResponse,
    params: Record<string, string | undefined>,
    query: Record<string, string | string[]>,
    body: Buffer | undefined,
  ) => {
    try {
      const { headers } = req;
      const http = {
        method: req.method,
        url: `http://${headers.host ?? "localhost"}${req.url}`,
        // The library takes these or their nullable forms, which cost an object for every value.
        headers: joinValues(headers),
        query: joinValues(query),
        params: joinValues(params),
        body: body && { bytes: body },
      };
      const response = await invoke(
        app,
        target,
        { name: bindingName, data: { http } },
        {
          traceParent: headers.traceparent as string | undefined,
          traceState: headers.tracestate as string | undefined,
          outputs,
          pathValues: params,
        },
      );
      reply(res, response.returnValue?.http);
    } catch (error) {
      app.log(
        "error",
        "user",
        `failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
        functionName,
      );
      end(res, 500);
    }
  };

  return (
    req: IncomingMessage,
    res: ServerResponse,
    params: Record<string, string | undefined>,
    query: Record<string, string | string[]>,
  ): void => {
    const values = rest === undefined ? params : { ...params, [rest]: params["*"], "*": undefined };
    if (!fitsConstraints(values, checks)) end(res, 404);
    else if (!isAllowed(authLevel, req, query, start.keys)) end(res, 401);
    else
      readBody(
        req,
        (body) => serve(req, res, values, query, body),
        () => end(res, 413),
      );
  };
}

function fitsConstraints(
  values: Record<string, string | undefined>,
  checks: [string, (value: string) => boolean][],
): boolean {
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

function reply(res: ServerResponse, http: HttpReply | undefined): void {
  if (!http) {
    end(res, 204);
    return;
  }
  const headers: Record<string, string | number | string[]> = http.headers ?? {};
  // Framing belongs to the server: what the app says about it could contradict the bytes sent.
  delete headers["transfer-encoding"];
  delete headers.connection;
  const status = Number(http.statusCode);
  const body = http.body?.bytes;
  if (status === 204 || status === 304) delete headers["content-length"];
  else headers["content-length"] = body ? body.byteLength : 0;
  if (http.cookies && http.cookies.length > 0) headers["set-cookie"] = http.cookies.map(serializeCookie);
  res.writeHead(status, headers);
  if (body && body.byteLength > 0) res.end(body);
  else res.end();
}

/** Ends with a bare status; after 413 the rest of the body is not worth reading. */
function end(res: ServerResponse, status: number): void {
  if (status === 204) res.writeHead(204);
  else if (status === 413) res.writeHead(413, { "content-length": 0, connection: "close" });
  else res.writeHead(status, { "content-length": 0 });
  res.end();
}
