import { spawn, spawnSync } from "node:child_process";
import { messageOf } from "../shared/errors";
import { packageRoot } from "../shared/packageRoot";
import { whyFuncCannotStart } from "./funcRequirements";
import { readLocalSettings } from "./host/hostConfig";
import { isFree } from "./start/freePort";

const help = `npm run start:func -- [options of func start]

Runs the functions on the real Azure Functions host of the Core Tools, with the settings in local.settings.json.
This needs storage: with UseDevelopmentStorage=true, start Azurite on its default ports in another terminal.`;

const windows = process.platform === "win32";
const emulatorPorts = [10_000, 10_001, 10_002];

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    console.log(help);
    return;
  }
  const root = packageRoot();
  const found = spawnSync("func", ["--version"], { encoding: "utf8", shell: windows });
  const silent = await Promise.all(emulatorPorts.map(async (port) => ((await isFree(port)) ? [port] : [])));
  const fault = whyFuncCannotStart({
    version: found.status === 0 ? found.stdout.trim() : undefined,
    storage: process.env.AzureWebJobsStorage ?? readLocalSettings(root).AzureWebJobsStorage,
    silentPorts: silent.flat(),
  });
  if (fault !== undefined) throw new Error(fault);
  const host = spawn("func", ["start", ...args], { cwd: root, stdio: "inherit", shell: windows });
  host.once("exit", (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
