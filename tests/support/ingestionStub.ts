import { createServer, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";

// biome-ignore lint/suspicious/noExplicitAny: an envelope's data differs by its type, and a test looks at a few fields of each
type Envelope = any;

/** Application Insights' ingestion endpoint on loopback: keeps what it is sent, as envelopes and as raw text. */
export class IngestionStub {
  readonly envelopes: Envelope[] = [];
  raw = "";
  url = "";
  private readonly server = createServer((request, response) => {
    read(request).then((text) => {
      this.raw += text;
      const items = text.trim().startsWith("[")
        ? JSON.parse(text)
        : text
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line));
      this.envelopes.push(...items);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ itemsReceived: items.length, itemsAccepted: items.length, errors: [] }));
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

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
}
