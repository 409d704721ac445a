import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import path from "node:path";

const built = "dist/.tsbuildinfo";

/**
 * Threads and processes run dist/: builds it before the tests if a source file is newer, so that none runs outdated
 * code.
 */
export default function buildFirst(): void {
  const builtAtMs = existsSync(built) ? statSync(built).mtimeMs : 0;
  if (!sources().some((file) => statSync(file).mtimeMs > builtAtMs)) return;
  const startedAt = new Date();
  // the compiler's output says what is wrong
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], { stdio: "inherit" });
  utimesSync(built, startedAt, startedAt); // it stays as it was where a source only looked new
}

function sources(): string[] {
  const folders = ["functions", "shared", "tools"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name)),
  );
  return [...folders.filter((name) => name.endsWith(".ts")), "tsconfig.json", "package.json"];
}
