import type { ServerResponse } from "node:http";
import type { HttpReply } from "./coreModule";
import { serializeCookie } from "./setCookie";

/** Answers with what the function returned; 204 when that is nothing. */
export function reply(res: ServerResponse, http: HttpReply | undefined): void {
  if (!http) {
    endWith(res, 204);
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
export function endWith(res: ServerResponse, status: number): void {
  if (status === 204) res.writeHead(204);
  else if (status === 413) res.writeHead(413, { "content-length": 0, connection: "close" });
  else res.writeHead(status, { "content-length": 0 });
  res.end();
}
