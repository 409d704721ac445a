import { createServer, type Server } from "node:http";
import findMyWay, { type HTTPMethod } from "find-my-way";
import { addAdminRoutes } from "./adminRoutes";
import type { App } from "./coreModule";
import { endWith } from "./httpReply";
import type { StartMessage } from "./protocol";
import { settleTarget } from "./requestTarget";
import { createRouteHandler } from "./routeHandler";
import { parseRouteTemplate } from "./routeTemplate";

// Longer than the idle time of common clients and proxies, so that it is never the server that closes first.
const keepAliveMs = 120_000;

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
    if (!settleTarget(req)) return endWith(res, 400);
    const found = router.find(req.method as HTTPMethod, req.url!);
    if (found) found.handler(req, res, found.params, found.store, found.searchParams);
    else endWith(res, 404);
  });
  server.keepAliveTimeout = keepAliveMs;
  return server;
}
