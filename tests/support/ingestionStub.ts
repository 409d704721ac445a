import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";

// biome-ignore lint/suspicious/noExplicitAny: an envelope's data differs by its type, and a test looks at a few fields of each
type Envelope = any;

/**
 * Application Insights' ingestion endpoint on loopback (POST /v2.1/track, envelopes as a JSON array or as lines of
 * JSON, gzip or plain): keeps what it receives, as envelopes and as raw text. Anything that it cannot read goes to
 * `refused`.
 */
export class IngestionStub {
  readonly envelopes: Envelope[] = [];
  readonly refused: string[] = [];
  raw = "";
  url = "";
  /** if set, requests are accepted but never answered, as by a receiver that is overloaded or gone */
  silent = false;
  private readonly waiting = new Set<() => void>();
  private readonly server = createServer((request, response) => {
    this.take(request, response).catch((error: unknown) => {
      this.refused.push(`${request.method} ${request.url}: ${error}`);
      response.writeHead(400).end();
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as { port: number };
    this.url = `http://127.0.0.1:${port}`;
    return this;
  }

  /** The envelopes of one telemetry type, such as "RequestData". */
  of(type: string): Envelope[] {
    return this.envelopes.filter(({ data }) => data.baseType === type);
  }

  /** The first envelope that `wanted` accepts, now or once it arrives; give the test a timeout. */
  async waitFor(wanted: (envelope: Envelope) => boolean): Promise<Envelope> {
    for (;;) {
      const found = this.envelopes.find(wanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await read(request);
    this.raw += text;
    if (this.silent) return;
    if (request.method !== "POST" || !/^\/v2(\.1)?\/track$/.test(request.url ?? ""))
      throw new Error("no such endpoint");
    const items = parse(text);
    this.envelopes.push(...items);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ itemsReceived: items.length, itemsAccepted: items.length, errors: [] }));
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}

function parse(text: string): Envelope[] {
  const trimmed = text.trim();
  return trimmed.startsWith("[") ? JSON.parse(trimmed) : trimmed.split("\n").map((line) => JSON.parse(line));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
}
