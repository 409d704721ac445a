import type { IncomingMessage } from "node:http";

let lastGoodHost = "localhost";

/**
 * Leaves a request with a path in `url` and its host in the Host header: a target in absolute form
 * (`http://host/path`), which a server must take (RFC 9112, 3.2.2), is split into the two. False when the target is
 * neither form, or the header names no host.
 */
export function settleTarget(req: IncomingMessage): boolean {
  const { url: target = "", headers } = req;
  if (target.startsWith("/")) return headers.host === undefined || isHost(headers.host); // HTTP/1.0 need not name it
  if (!/^https?:\/\/[^/?#\\@]+([/?]|$)/i.test(target) || !URL.canParse(target)) return false;
  const { host, pathname, search } = new URL(target);
  headers.host = host;
  req.url = pathname + search;
  return true;
}

function isHost(authority: string): boolean {
  if (authority === lastGoodHost) return true;
  if (!/^[^/?#\\@\s]+$/.test(authority) || !URL.canParse(`http://${authority}/`)) return false;
  lastGoodHost = authority;
  return true;
}
