import type { IncomingMessage } from "node:http";

// The limit of the real host:
// https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits
const limitBytes = 100 * 1024 * 1024;
let hasWarned = false;

/** Reads the whole body and hands it on (undefined when there is none), or says that it is over 100 MiB. */
export function readBody(
  req: IncomingMessage,
  onBody: (body: Buffer | undefined) => void,
  onTooLarge: () => void,
): void {
  const length = req.headers["content-length"];
  const chunked = req.headers["transfer-encoding"] !== undefined;
  if (!chunked && (length === undefined || length === "0")) {
    onBody(undefined);
  } else if (length !== undefined && Number(length) > limitBytes) {
    onTooLarge();
  } else {
    if (chunked) warnOnce(req);
    collect(req, onBody, onTooLarge);
  }
}

function warnOnce(req: IncomingMessage): void {
  if (hasWarned) return;
  hasWarned = true;
  process.stdout.write(
    `warning: ${req.method} ${pathOf(req)} came chunked, without Content-Length. ` +
      "It is accepted here; the real host drops such a body.\n",
  );
}

/** The request's path; its query may hold a key. */
function pathOf(req: IncomingMessage): string {
  return req.url!.split("?", 1)[0];
}

function collect(req: IncomingMessage, onBody: (body: Buffer) => void, onTooLarge: () => void): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  req.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= limitBytes) {
      chunks.push(chunk);
      return;
    }
    req.removeAllListeners("data");
    req.removeAllListeners("end");
    req.pause();
    onTooLarge();
  });
  req.on("end", () => onBody(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, sizeBytes)));
}
