// Compiles the project and runs one of its tools in this process: node tools/run.mjs start/main.js [arguments]
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const require = createRequire(import.meta.url);
const [tool, ...toolArguments] = process.argv.slice(2);
const pollMs = 100;

if (process.env.npm_lifecycle_event) endWithShell();
const compiler = path.join(path.dirname(require.resolve("typescript/package.json")), "bin/tsc");
const build = spawn(process.execPath, [compiler, "-p", path.join(root, "tsconfig.json")], { stdio: "inherit" });
build.once("exit", (code) => {
  if (code !== 0) process.exit(code ?? 1);
  const file = path.join(root, "dist/tools", tool);
  process.argv = [process.argv[0], file, ...toolArguments];
  require(file);
});

/**
 * npm runs a script through a shell and sends signals to that shell, which dies without passing them on (and cmd has no
 * `exec` that would replace the shell). So the end of the shell is the signal.
 */
function endWithShell() {
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell && isRunning(shell)) return;
    clearInterval(timer);
    if (!process.emit("SIGTERM", "SIGTERM")) process.exit(143);
  }, pollMs);
  timer.unref();
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
