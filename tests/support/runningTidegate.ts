import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";

export interface LocalInfo {
  url: string;
  functionKey: string;
  masterKey: string;
  storage: string;
  ready: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: answers have many shapes, and a test looks at a few fields of each
type Json = any;

const pollMs = 100;

/**
 * Tidegate as its users start it: the compiled start command in its own process, on a free port and in a fresh folder.
 */
export class RunningTidegate {
  output = "";
  readonly exited: Promise<number | null>;
  info!: LocalInfo;

  private constructor(
    private readonly child: ChildProcess,
    readonly folder: string,
  ) {
    child.stdout?.on("data", (chunk) => {
      this.output += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      this.output += chunk;
    });
    this.exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  }

  /** Starts it and waits until it is ready; rejects with its output if it ends before that. */
  static async start(
    args: string[],
    options: { folder?: string; env?: Record<string, string> } = {},
  ): Promise<RunningTidegate> {
    const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), "tidegate-e2e-")));
    const command = [path.resolve("dist/tools/start/main.js"), "--port", "0", "--state", folder, ...args];
    const child = spawn(process.execPath, command, {
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const tidegate = new RunningTidegate(child, folder);
    const ended = tidegate.exited.then((code) => {
      throw new Error(`the start command ended with code ${code}:\n${tidegate.output}`);
    });
    ended.catch(() => undefined);
    await Promise.race([ended, tidegate.waitUntilReady()]);
    return tidegate;
  }

  private async waitUntilReady(): Promise<void> {
    const file = path.join(this.folder, "local.json");
    for (;;) {
      if (existsSync(file)) {
        this.info = JSON.parse(await readFile(file, "utf8")) as LocalInfo;
        if (this.info.ready) return;
      }
      await delay(pollMs);
    }
  }

  /** Stops it as Ctrl-C does; `keepState` keeps its folder for another start. */
  async stop(keepState = false): Promise<number | null> {
    this.child.kill("SIGINT");
    const code = await this.exited;
    if (!keepState) await rm(this.folder, { recursive: true, force: true });
    return code;
  }

  /** Status, headers and JSON (or text) of a request with the function key, or with the master key for changes. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const key =
      path.startsWith("/admin") || method === "PUT" || path === "/runs" ? this.info.masterKey : this.info.functionKey;
    const response = await fetch(`${this.info.url}${path}`, {
      method,
      headers: { "x-functions-key": key, "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    let json: Json;
    try {
      json = JSON.parse(text);
    } catch {
      json = text;
    }
    return { status: response.status, headers: response.headers, json };
  }

  /** Polls `GET path` until `done` accepts the answer, and returns the result of `done`. */
  async until<T>(path: string, done: (json: Json) => T | undefined | false): Promise<T> {
    for (;;) {
      // while a killed worker restarts, connections are reset or refused: polling goes on
      const answer = await this.call("GET", path).catch(() => undefined);
      const found = answer?.status === 200 ? done(answer.json) : undefined;
      if (found !== undefined && found !== false) return found;
      await delay(pollMs);
    }
  }

  /** Uploads a file to an inbox container. */
  async drop(container: string, name: string, content: Uint8Array | string): Promise<void> {
    const client = BlobServiceClient.fromConnectionString(this.info.storage).getContainerClient(container);
    await client.createIfNotExists();
    await client.getBlockBlobClient(name).uploadData(Buffer.from(content));
  }

  /** The bytes of a blob. */
  download(container: string, name: string): Promise<Buffer> {
    return BlobServiceClient.fromConnectionString(this.info.storage)
      .getContainerClient(container)
      .getBlobClient(name)
      .downloadToBuffer();
  }

  async enqueue(queue: string, text: string): Promise<void> {
    const client = QueueServiceClient.fromConnectionString(this.info.storage).getQueueClient(queue);
    await client.createIfNotExists();
    await client.sendMessage(Buffer.from(text).toString("base64"));
  }

  /** The host's log so far. */
  log(): Promise<string> {
    return readFile(path.join(this.folder, "host.log"), "utf8");
  }
}
