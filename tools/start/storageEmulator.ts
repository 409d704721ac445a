import { fork } from "node:child_process";
import { createWriteStream } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import { pickPort } from "./freePort";

export interface StorageEmulator {
  connectionString: string;
  /** blob, queue and table ports */
  ports: number[];
  /** resolves when the emulator ends, with its exit code */
  exited: Promise<number | null>;
  stop(): Promise<void>;
}

const account = "devstoreaccount1";
// The emulator's published, fixed key: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
const key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const services = ["blob", "queue", "table"];
const defaultPorts = [10_000, 10_001, 10_002];
const maxAttempts = 5;
const startLimitMs = 60_000;
const stopLimitMs = 10_000;

/** Starts Azurite with its data under `folder`, on the default ports, or on free ones if those are busy. */
export async function startStorageEmulator(folder: string): Promise<StorageEmulator> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700); // earlier releases created the folder readable by everyone
  for (let attempt = 1; ; attempt++) {
    const ports = await Promise.all((attempt === 1 ? defaultPorts : [0, 0, 0]).map(pickPort));
    try {
      return await launch(folder, ports);
    } catch (error) {
      // a port that was free a moment ago may have been taken since by another process
      if (attempt === maxAttempts || !/EADDRINUSE/.test(String((error as Error).cause))) throw error;
    }
  }
}

async function launch(folder: string, ports: number[]): Promise<StorageEmulator> {
  const script = path.join(path.dirname(require.resolve("azurite/package.json")), "dist/src/azurite.js");
  const flags = ["--location", folder, "--skipApiVersionCheck", "--silent", "--disableTelemetry"];
  const binds = services.flatMap((name, i) => [`--${name}Host`, "127.0.0.1", `--${name}Port`, String(ports[i])]);
  const child = fork(script, [...flags, ...binds], {
    // its own process group: Ctrl-C must reach the host first, which still writes to storage while it stops
    detached: true,
    execArgv: ["emulatorPreload.js", "emulatorNames.js"].flatMap((file) => ["--require", path.join(__dirname, file)]),
    silent: true,
  });
  const log = createWriteStream(path.join(folder, "azurite.log"), { flags: "a", mode: 0o600 });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  await listening(child, exited, folder);
  const address = (i: number) => `http://127.0.0.1:${ports[i]}/${account}`;
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${address(0)};QueueEndpoint=${address(1)};TableEndpoint=${address(2)};`,
    ports,
    exited,
    stop: async () => {
      child.kill("SIGTERM");
      // its ports close before it has written everything: only its exit means that it is done
      const timer = setTimeout(() => child.kill("SIGKILL"), stopLimitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Waits until every service listens; rejects if the emulator ends before that, with its output as the cause. */
function listening(child: ReturnType<typeof fork>, exited: Promise<number | null>, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(new Error(`the storage emulator ${what}; see ${path.join(folder, "azurite.log")}`, { cause: output }));
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail("did not start within a minute");
    }, startLimitMs);
    exited.then((code) => fail(`ended during startup (code ${code})`));
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        output += chunk;
        if (output.match(/successfully listening/g)?.length !== services.length) return;
        clearTimeout(timer);
        resolve();
      });
  });
}
