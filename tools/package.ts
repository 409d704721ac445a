import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../shared/errors";
import { packageRoot } from "../shared/packageRoot";
import { codeRevision } from "./codeRevision";

const help = `npm run package -- [--out DIR] [--arch x64|arm64]

Creates a folder with everything that a function app on Linux needs: compiled code, host.json, the use cases, and
production packages for that one platform. Deploy the folder as it is (func azure functionapp publish) or zipped.

  --out DIR    the folder, which is emptied first (default build/app)
  --arch ARCH  processor architecture of the plan (default x64)
  --help       show this text`;

const copied = ["host.json", "package.json", "package-lock.json", ".npmrc", "models", "dist/functions", "dist/shared"];

function main(): void {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: "build/app" },
      arch: { type: "string", default: "x64" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  if (values.arch !== "x64" && values.arch !== "arm64") throw new Error(`--arch ${values.arch}: use x64 or arm64`);
  const root = packageRoot();
  const out = path.resolve(root, values.out);
  if (existsSync(out) && !existsSync(path.join(out, "host.json")))
    throw new Error(`${out} exists and is not a packaged app; choose another folder with --out`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const name of copied) cpSync(path.join(root, name), path.join(out, name), { recursive: true });
  finishManifest(path.join(out, "package.json"), codeRevision(root));
  install(out, values.arch);
  prune(path.join(out, "node_modules"), values.arch);
  console.log(`Packaged into ${out}`);
}

/** Removes the scripts and records the commit. The lock file stays valid, because npm checks only the dependencies. */
function finishManifest(file: string, revision: string): void {
  const { scripts: _scripts, ...manifest } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, `${JSON.stringify({ ...manifest, codeRevision: revision }, null, 2)}\n`);
}

function install(folder: string, arch: string): void {
  const args = ["ci", "--omit=dev", "--os=linux", `--cpu=${arch}`, "--libc=glibc", "--no-audit", "--no-fund"];
  const { status } = spawnSync("npm", args, { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) throw new Error("npm ci failed; the reason is printed above");
}

/** Removes Node, which the platform provides, and the runtime's binaries for other platforms. */
function prune(modules: string, arch: string): void {
  for (const name of readdirSync(modules))
    if (/^node-(linux|win)-/.test(name)) rmSync(path.join(modules, name), { recursive: true });
  const binaries = path.join(modules, "onnxruntime-node/bin");
  for (const napi of readdirSync(binaries))
    for (const system of readdirSync(path.join(binaries, napi)))
      for (const cpu of readdirSync(path.join(binaries, napi, system)))
        if (system !== "linux" || cpu !== arch) rmSync(path.join(binaries, napi, system, cpu), { recursive: true });
}

try {
  main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
