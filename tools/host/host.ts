import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import type { Settings } from "./functionPlan";
import { type Generation, loadGeneration } from "./generation";
import { readHostConfig, readLocalSettings } from "./hostConfig";
import { sleep } from "./listener";
import type { Keys } from "./protocol";
import { redactSecrets } from "./redactSecrets";

export interface HostOptions {
  appDir: string;
  /** 0 for any free one */
  port: number;
  /** app settings, AzureWebJobsStorage among them; they win over the environment and local.settings.json */
  settings: Record<string, string>;
  /** made up when absent */
  keys?: Keys;
  hostId?: string;
  log(line: string): void;
  /** arguments for the worker's node, such as --inspect */
  workerArgs?: string[];
}

export interface Host {
  url: string;
  port: number;
  keys: Keys;
  readonly functions: string[];
  /**
   * Loads the app anew, then lets the worker before it drain while the new one answers on the same port; rejects with the app's error when
   * it does not load, and goes on trying.
   */
  restart(): Promise<void>;
  /** Kills the worker as a crash would; the host starts another. */
  killWorker(): void;
  workerPid(): number;
  /** Drains for a few seconds and leaves nothing running. */
  stop(): Promise<void>;
}

const DRAIN_MS = 5_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;

/** Starts the development host for the function app in `appDir`; rejects with one sentence when it cannot. */
export async function startHost(options: HostOptions): Promise<Host> {
  const appDir = path.resolve(options.appDir);
  const settings: Settings = { ...readLocalSettings(appDir), ...process.env, ...options.settings };
  const config = readHostConfig(appDir);
  const keys = options.keys ?? { master: newKey(), function: newKey() };
  const redact = redactSecrets(keys);
  const log = (line: string) => options.log(redact(`${new Date().toISOString().slice(11, 23)} ${line}`));
  const hostId = options.hostId ?? createHash("sha256").update(appDir).digest("hex").slice(0, 20);
  const storage = settings.AzureWebJobsStorage;
  if (!storage)
    throw new Error("The app setting AzureWebJobsStorage is missing: it must hold a storage connection string.");

  let { port } = options;
  let current: Generation | undefined;
  const stopping = new AbortController();
  // Restarts, recoveries and the stop follow one another.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task);
    turn = result.catch(() => undefined);
    return result;
  };

  const load = () =>
    loadGeneration({
      appDir,
      env: workerEnvironment(settings, options.settings),
      execArgv: options.workerArgs ?? [],
      config,
      settings,
      keys,
      hostId,
      storage,
      log,
      onLost: (lost, reason) => {
        log(`${reason}; starting another`);
        void inTurn(async () => {
          if (current !== lost) return;
          current = undefined;
          await lost.stop(0);
          await recover(FIRST_RETRY_MS);
        });
      },
    });
  /** Opens the port that the worker before gives back, and takes on its work once that one has drained. */
  const takeOver = async (next: Generation, before?: Generation) => {
    current = undefined;
    const drained = before?.stop(DRAIN_MS);
    try {
      await before?.worker.portFree;
      port = await next.open(port);
      current = next;
      await drained;
      await next.feed();
    } catch (error) {
      current = undefined;
      await Promise.all([drained, next.stop(0)]);
      throw error;
    }
  };
  const start = async () => takeOver(await load());
  // Each try takes its own turn, so that a restart with mended code need not wait for all of them.
  const recover = async (waitMs: number) => {
    if (current || stopping.signal.aborted) return;
    try {
      await start();
    } catch (error) {
      log(`the worker did not come back: ${(error as Error).message}`);
      const next = Math.min(waitMs * 2, LONGEST_RETRY_MS);
      void sleep(waitMs, stopping.signal).then(() => inTurn(() => recover(next)));
    }
  };
  const stopCurrent = async () => {
    const generation = current;
    current = undefined;
    await generation?.stop(DRAIN_MS);
  };

  await inTurn(start);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    keys,
    get functions() {
      return current?.plans.map(({ name }) => name) ?? [];
    },
    restart: () =>
      inTurn(async () => {
        const loading = load().catch(async (error) => {
          await stopCurrent(); // its code is not what is there now
          throw error;
        });
        await loading
          .then((next) => takeOver(next, current))
          .catch((error) => {
            void sleep(FIRST_RETRY_MS, stopping.signal).then(() => inTurn(() => recover(FIRST_RETRY_MS)));
            throw error;
          });
      }),
    killWorker: () => current?.worker.kill(),
    workerPid: () => current?.worker.pid ?? 0,
    stop: () => {
      stopping.abort();
      return inTurn(stopCurrent);
    },
  };
}

// NODE_OPTIONS is meant for the parent (a debugger, a loader); the app may ask for its own in the settings.
function workerEnvironment(settings: Settings, explicit: Record<string, string>): NodeJS.ProcessEnv {
  return { ...settings, NODE_CHANNEL_FD: undefined, NODE_OPTIONS: explicit.NODE_OPTIONS };
}

function newKey(): string {
  return randomBytes(24).toString("base64url");
}
