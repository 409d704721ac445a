import { randomUUID } from "node:crypto";
import { App, createCoreModule, supplyCoreModule } from "../../tools/host/coreModule";
import { invoke } from "../../tools/host/invocation";
import { loadApp } from "../../tools/host/loadApp";
import type { Binding, RpcData } from "../../tools/host/protocol";
import { type Azurite, startAzurite } from "../support/azurite";

/** An HTTP answer: its status, and its body as JSON. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: answers have many shapes, and a test looks at a few fields of each
  json: any;
}

interface Request {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

/** The compiled functions on real storage, called in this process as the host would: no ports, keys or triggers. */
export class LoadedFunctions {
  private constructor(
    private readonly app: App,
    private readonly azurite: Azurite,
  ) {}

  static async start(): Promise<LoadedFunctions> {
    const azurite = await startAzurite();
    process.env.AzureWebJobsStorage = azurite.connectionString;
    const app = new App();
    supplyCoreModule(createCoreModule(app));
    await loadApp(app, process.cwd());
    return new LoadedFunctions(app, azurite);
  }

  get connectionString(): string {
    return this.azurite.connectionString;
  }

  /** Every function's trigger, by the function's name. */
  get triggers(): Map<string, Binding> {
    const triggers = [...this.app.functions.values()].map(({ registration: { name, bindings } }) => {
      const trigger = Object.values(bindings).find(({ type }) => type.endsWith("Trigger"));
      if (trigger === undefined) throw new Error(`${name} has no trigger`);
      return [name, trigger] as const;
    });
    return new Map(triggers);
  }

  async http(name: string, request: Request): Promise<Answer> {
    const { bytes, ...answer } = await this.bytes(name, request);
    return { ...answer, json: JSON.parse(bytes.toString("utf8")) };
  }

  /** An HTTP answer whose body is not JSON. */
  async bytes(name: string, request: Request): Promise<Omit<Answer, "json"> & { bytes: Buffer }> {
    const { params = {}, query = {}, body } = request;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const http = {
      method: "POST",
      url: `http://localhost/?${new URLSearchParams(query)}`,
      headers: {},
      query,
      params,
      body: text === undefined ? undefined : { bytes: Buffer.from(text) },
    };
    const reply = (await this.call(name, { http }, {})).returnValue?.http;
    if (reply === undefined) throw new Error(`${name} gave no HTTP answer`);
    return {
      status: Number(reply.statusCode),
      headers: reply.headers ?? {},
      bytes: Buffer.from(reply.body?.bytes ?? []),
    };
  }

  /** Calls a function that no HTTP caller waits for; rejects with what it throws. */
  async run(name: string, input: RpcData, metadata: Record<string, string> = {}): Promise<void> {
    const entries = Object.entries(metadata).map(([key, string]) => [key, { string }]);
    await this.call(name, input, Object.fromEntries(entries));
  }

  /** Ends the storage account while the functions go on. */
  stopStorage(): Promise<void> {
    return this.azurite.stop();
  }

  async stop(): Promise<void> {
    await this.app.runHooks("appTerminate", {});
    await this.azurite.stop();
  }

  private call(name: string, data: RpcData | { http: object }, triggerMetadata: Record<string, RpcData>) {
    const target = this.app.functions.get(name);
    if (target === undefined) throw new Error(`there is no function ${name}`);
    const [input] = Object.entries(target.registration.bindings).find(([, { direction }]) => direction === "in") ?? [];
    if (input === undefined) throw new Error(`${name} has no input`);
    return invoke(
      this.app,
      target,
      { name: input, data },
      { id: randomUUID(), triggerMetadata, outputs: [], pathValues: {} },
    );
  }
}
