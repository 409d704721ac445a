import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

/** A running storage emulator on loopback; its data is in memory only and gone after `stop`. */
export interface Azurite {
  connectionString: string;
  blobPort: number;
  queuePort: number;
  tablePort: number;
  stop(): Promise<void>;
}

const ACCOUNT = "devstoreaccount1";
// The emulator's published, fixed key: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const FLAGS = ["--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry"];
const START_LIMIT_MS = 30_000;

/** Starts Azurite as a child process on three free loopback ports; rejects with its output if it does not start. */
export async function startAzurite(): Promise<Azurite> {
  const manifest = createRequire(path.resolve("package.json")).resolve("azurite/package.json");
  const script = path.join(path.dirname(manifest), "dist/src/azurite.js");
  const services = ["blob", "queue", "table"].flatMap((name) => [`--${name}Host`, "127.0.0.1", `--${name}Port`, "0"]);
  const preload = ["--require", path.resolve("dist/tools/start/emulatorNames.js")];
  const child = spawn(process.execPath, [...preload, script, ...FLAGS, ...services], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // A test run that dies must not leave an emulator behind.
  const killNow = () => child.kill("SIGKILL");
  process.once("exit", killNow);
  const stop = async () => {
    process.off("exit", killNow);
    // There is nothing to flush, and after SIGTERM the ports close long before the process ends.
    child.kill("SIGKILL");
    await exited;
  };

  let output = "";
  const ports = await new Promise<Record<string, number>>((resolve, reject) => {
    const found: Record<string, number> = {};
    const fail = () => reject(new Error(`Azurite did not start; its output was:\n${output}`));
    const timer = setTimeout(fail, START_LIMIT_MS);
    child.once("exit", fail);
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.stdout.on("data", (chunk) => {
      output += chunk;
      for (const [, name, port] of output.matchAll(
        /(\w+) service is successfully listening at http:\/\/[^\s:]+:(\d+)/g,
      )) {
        found[name.toLowerCase()] = Number(port);
      }
      if (found.blob && found.queue && found.table) {
        clearTimeout(timer);
        child.off("exit", fail);
        resolve(found);
      }
    });
  }).catch(async (cause) => {
    await stop();
    throw cause;
  });

  const endpoint = (name: string) => `http://127.0.0.1:${ports[name]}/${ACCOUNT}`;
  const connectionString =
    `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${endpoint("blob")};` +
    `QueueEndpoint=${endpoint("queue")};TableEndpoint=${endpoint("table")};`;
  return { connectionString, blobPort: ports.blob, queuePort: ports.queue, tablePort: ports.table, stop };
}
