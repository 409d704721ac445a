import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import type { Settings } from "./functionPlan";
import { readHostConfig, readLocalSettings } from "./hostConfig";
import type { Keys } from "./protocol";
import { redactSecrets } from "./redactSecrets";
import { Supervisor } from "./supervisor";

export interface HostOptions {
  appDir: string;
  /** 0 for any free one */
  port: number;
  /** app settings, AzureWebJobsStorage among them; they win over the environment and local.settings.json */
  settings: Record<string, string>;
  /** generated when absent */
  keys?: Keys;
  hostId?: string;
  log(line: string): void;
  /** The worker crashed too often, as the message says: nothing runs any more until a restart. */
  onGivenUp?(message: string): void;
  /** arguments for the worker's node, such as --inspect */
  workerArgs?: string[];
}

export interface Host {
  url: string;
  port: number;
  keys: Keys;
  readonly functions: string[];
  /**
   * Loads the app anew, then lets the previous worker drain while the new one answers on the same port; rejects with
   * the app's error when it does not load, and keeps trying.
   */
  restart(): Promise<void>;
  /** Kills the worker as a crash would; the host starts another. */
  killWorker(): void;
  workerPid(): number;
  /** Drains for a few seconds and leaves nothing running. */
  stop(): Promise<void>;
}

/** Starts the development host for the function app in `appDir`; rejects with one sentence when it cannot. */
export async function startHost(options: HostOptions): Promise<Host> {
  const appDir = path.resolve(options.appDir);
  const settings: Settings = { ...readLocalSettings(appDir), ...process.env, ...options.settings };
  const keys = options.keys ?? { master: newKey(), function: newKey() };
  const redact = redactSecrets(keys);
  const supervisor = new Supervisor({
    appDir,
    port: options.port,
    env: workerEnvironment(settings, options.settings),
    execArgv: options.workerArgs ?? [],
    config: readHostConfig(appDir),
    settings,
    keys,
    hostId: options.hostId ?? createHash("sha256").update(appDir).digest("hex").slice(0, 20),
    storage: storageOf(settings),
    log: (line) => options.log(redact(`${new Date().toISOString().slice(11, 23)} ${line}`)),
    onGivenUp: (message) => options.onGivenUp?.(redact(message)),
  });
  await supervisor.start();
  return {
    url: `http://127.0.0.1:${supervisor.port}`,
    port: supervisor.port,
    keys,
    get functions() {
      return supervisor.current?.plans.map(({ name }) => name) ?? [];
    },
    restart: () => supervisor.restart(),
    killWorker: () => supervisor.current?.worker.kill(),
    workerPid: () => supervisor.current?.worker.pid ?? 0,
    stop: () => supervisor.stop(),
  };
}

function storageOf({ AzureWebJobsStorage: storage }: Settings): string {
  if (storage) return storage;
  throw new Error("The app setting AzureWebJobsStorage is missing: it must hold a storage connection string.");
}

// NODE_OPTIONS is meant for the parent (a debugger, a loader); the app may ask for its own in the settings.
function workerEnvironment(settings: Settings, explicit: Record<string, string>): NodeJS.ProcessEnv {
  return { ...settings, NODE_CHANNEL_FD: undefined, NODE_OPTIONS: explicit.NODE_OPTIONS };
}

function newKey(): string {
  return randomBytes(24).toString("base64url");
}
