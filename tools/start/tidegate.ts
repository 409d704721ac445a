import { createWriteStream, type WriteStream } from "node:fs";
import path from "node:path";
import { messageOf } from "../../shared/errors";
import type { Usecase } from "../../shared/usecase/loadUsecases";
import { codeRevision } from "../codeRevision";
import { type Host, startHost } from "../host/host";
import { watchBuild } from "../host/watchBuild";
import { runDemo } from "./demo";
import { EventWatch } from "./eventWatch";
import { isFree, pickPort } from "./freePort";
import { localCommands } from "./localCommands";
import { type LocalInfo, type LocalKeys, LocalState } from "./localState";
import type { StartOptions } from "./startOptions";
import { type StorageEmulator, startStorageEmulator } from "./storageEmulator";
import { TidegateClient } from "./tidegateClient";
import { foldersWithoutSpec, readUsecases, type UsecaseChange, type Usecases, UsecaseWatch } from "./usecaseWatch";
import { explainDemo, showAddresses } from "./welcome";

/** Everything `npm start` runs: storage emulator, host and demonstration, started and stopped in order. */
export class Tidegate {
  private readonly state: LocalState;
  private storage?: StorageEmulator;
  private host?: Host;
  private log?: WriteStream;
  private stopping?: Promise<void>;
  private usecaseWatch?: UsecaseWatch;
  private eventWatch?: EventWatch;

  constructor(
    private readonly root: string,
    private readonly options: StartOptions,
  ) {
    this.state = new LocalState(options.stateFolder);
  }

  /**
   * Resolves once the demonstration has ended (without one: once the host listens); throws with one sentence if it
   * cannot start.
   */
  async start(): Promise<void> {
    const { options, state, root } = this;
    const usecasesFolder = path.resolve(root, process.env.TIDEGATE_USECASES ?? "models");
    const usecases = readUsecases(usecasesFolder); // first, so that a start with an invalid spec leaves no state folder
    await state.lock();
    for (const name of foldersWithoutSpec(usecasesFolder))
      console.log(`${path.join(usecasesFolder, name)} is ignored: it has no usecase.json`);
    const port = await this.choosePort();
    const keys = await state.keys();
    this.log = createWriteStream(path.join(state.folder, "host.log"), { flags: "a", mode: 0o600 });
    const storage = await this.launchStorage();
    const host = await this.launchHost(port, keys, storage.connectionString);
    const served = { url: host.url, ...keys, storage: storage.connectionString, usecases: [...usecases.keys()] };
    const info: LocalInfo = { ...served, ready: false };
    await state.publish(info);
    const shown = options.demo ? [...usecases.values()].filter(({ spec }) => spec.sample !== undefined) : [];
    for (const usecase of shown) await this.demonstrate(usecase, info);
    await state.publish({ ...info, ready: true });
    showAddresses(info, storage.ports, state.folder, usecases);
    await this.watch({ ...info, ready: true }, usecasesFolder, usecases);
  }

  private async launchStorage(): Promise<StorageEmulator> {
    console.log("Starting the storage emulator ...");
    this.storage = await startStorageEmulator(path.join(this.state.folder, "azurite"));
    this.storage.exited.then((code) => this.stopBecause(`the storage emulator ended (code ${code})`));
    return this.storage;
  }

  private async launchHost(port: number, keys: LocalKeys, storage: string): Promise<Host> {
    console.log("Starting the functions on the development host (an emulator, not the Azure Functions host) ...");
    this.host = await startHost({
      appDir: this.root,
      port,
      settings: {
        FUNCTIONS_WORKER_RUNTIME: "node",
        TIDEGATE_EMIT_REQUESTS: "1",
        OTEL_SERVICE_NAME: "tidegate",
        TIDEGATE_CODE_REVISION: codeRevision(this.root),
        TIDEGATE_PUBLIC_URL: `http://127.0.0.1:${port}`,
        ...ownSettings(),
        AzureWebJobsStorage: storage,
      },
      keys: { master: keys.masterKey, function: keys.functionKey },
      log: (line) => this.log?.write(`${line}\n`),
      onGivenUp: (message) => this.hostGaveUp(message),
    });
    if (this.options.watch) watchBuild(() => this.host?.restart(), { folders: ["functions", "shared"] });
    return this.host;
  }

  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  /** From now on, prints a line for each event, and serves use cases as their folder changes. */
  private async watch(info: LocalInfo, folder: string, usecases: Usecases): Promise<void> {
    const client = new TidegateClient(info);
    const commands = localCommands(this.state.folder);
    const print = (line: string) => console.log(line.startsWith(" ") ? `          ${line}` : `${clock()}  ${line}`);
    this.eventWatch = new EventWatch(client, commands, print);
    await this.eventWatch.start();
    const serve = async (change: UsecaseChange) => {
      await this.host?.restart();
      await this.state.publish({ ...info, usecases: [...change.usecases.keys()] });
      for (const line of change.lines) print(line);
      await client.runNow("reconcile"); // checks files that were dropped for a use case before it was known
    };
    this.usecaseWatch = new UsecaseWatch(folder, usecases, serve, commands, print);
    this.usecaseWatch.start();
  }

  /** Stops everything that is running, in order; safe to call twice. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    if (this.host || this.storage) console.log("\nStopping ...");
    this.eventWatch?.stop();
    this.usecaseWatch?.stop();
    await this.host?.stop().catch((error) => console.error(`the host did not stop cleanly: ${messageOf(error)}`));
    await this.storage?.stop();
    this.log?.end();
    await this.state.unlock();
  }

  private async demonstrate(usecase: Usecase, info: LocalInfo): Promise<void> {
    console.log(`\n${usecase.spec.title}`);
    const outcome = await runDemo(usecase, info, console.log);
    if (outcome) explainDemo(outcome, usecase.spec.example as object, info);
  }

  private async choosePort(): Promise<number> {
    const { port, portGiven } = this.options;
    if (port === 0) return 0;
    if (await isFree(port)) return port;
    if (portGiven) throw new Error(`port ${port} is busy: choose another one, or use --port 0 for any free port`);
    const other = await pickPort(port);
    console.log(`Port ${port} is busy; using port ${other}.`);
    return other;
  }

  private hostGaveUp(message: string): void {
    const reason = `${message} Its last output is in ${path.join(this.state.folder, "host.log")}`;
    if (this.options.watch) console.error(`Tidegate: ${reason}. Fix the code: the next build starts the worker again.`);
    else this.stopBecause(`${reason}. Fix what crashes it, then start again.`);
  }

  private stopBecause(reason: string): void {
    if (this.stopping) return;
    console.error(`Tidegate: ${reason}`);
    process.exitCode = 1;
    this.stop().then(() => process.exit(1));
  }
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}

/** Settings of the app in the caller's environment; storage is always the emulator's. */
function ownSettings(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => /^(TIDEGATE_|APPLICATIONINSIGHTS_)/.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name] as string]));
}
