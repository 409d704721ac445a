import { connect, type Socket } from "node:net";

export interface Load {
  port: number;
  path: string;
  headers: Record<string, string>;
  body: string;
  connections: number;
  seconds: number;
}

export interface LoadResult {
  requestsPerSecond: number;
  /** of one request, in milliseconds */
  medianMs: number;
  p99Ms: number;
  errors: number;
}

/**
 * Sends the same request over keep-alive connections, one at a time on each, as fast as answers arrive; loopback only.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const headers = Object.entries({ ...load.headers, "content-length": String(Buffer.byteLength(load.body)) });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `POST ${load.path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines}\r\n`;
  const request = Buffer.from(head + load.body);
  const latencies: number[] = [];
  let errors = 0;
  const started = performance.now();
  const until = started + load.seconds * 1000;
  await Promise.all(
    Array.from({ length: load.connections }, () =>
      drive(load.port, request, until, (latencyMs, ok) => {
        latencies.push(latencyMs);
        if (!ok) errors++;
      }),
    ),
  );
  const elapsed = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))];
  return { requestsPerSecond: latencies.length / elapsed, medianMs: at(0.5), p99Ms: at(0.99), errors };
}

function drive(
  port: number,
  request: Buffer,
  until: number,
  done: (latencyMs: number, ok: boolean) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    let pending: Buffer | undefined;
    let sent = 0;
    const send = () => {
      sent = performance.now();
      socket.write(request);
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("data", (chunk: Buffer) => {
      pending = pending ? Buffer.concat([pending, chunk]) : chunk;
      const status = completeAnswer(pending);
      if (status === undefined) return;
      pending = undefined;
      const now = performance.now();
      done(now - sent, status === 200);
      if (now < until) return send();
      socket.destroy();
      resolve();
    });
  });
}

/** The status of the answer in `bytes`, once the answer is complete. */
function completeAnswer(bytes: Buffer): number | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length === null) throw new Error(`the answer has no content-length: ${head}`);
  if (bytes.length < end + 4 + Number(length[1])) return undefined;
  return Number(head.slice(9, 12));
}
