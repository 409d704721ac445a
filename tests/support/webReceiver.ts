import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedPost {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A web server on loopback that keeps what is posted to it and answers as a test says. */
export class WebReceiver {
  readonly posts: ReceivedPost[] = [];
  /** the status of each answer; "hang" gives none */
  status: number | "hang" = 200;
  headers: Record<string, string> = {};
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        this.posts.push({ path: request.url ?? "", headers: request.headers, body: String(Buffer.concat(parts)) });
        if (this.status !== "hang") response.writeHead(this.status, this.headers).end("whatever the receiver says");
      });
    });
  }

  static async start(): Promise<WebReceiver> {
    const one = new WebReceiver();
    await new Promise<void>((resolve) => one.server.listen(0, "127.0.0.1", resolve));
    return one;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
