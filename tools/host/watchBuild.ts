import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

export interface BuildWatch {
  stop(): Promise<void>;
}

/**
 * Runs `tsc --watch` and calls `onChange` after each build without errors, but not after the first, which is what already
 * runs. `log` gets the compiler's lines, and the reason when `onChange` rejects.
 */
export function watchBuild(onChange: () => unknown, log: (line: string) => void = console.log): BuildWatch {
  const tsc = path.join(path.dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const args = [tsc, "-p", "tsconfig.json", "--watch", "--preserveWatchOutput"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const killNow = () => child.kill();
  process.once("exit", killNow);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));

  let builds = 0;
  const follow = (line: string) => {
    if (line.trim() !== "") log(line);
    const errors = /Found (\d+) errors?/.exec(line)?.[1];
    if (errors === undefined) return;
    builds += 1;
    if (builds > 1 && errors === "0") Promise.resolve(onChange()).catch((error: Error) => log(error.message));
  };
  createInterface({ input: child.stdout }).on("line", follow);
  createInterface({ input: child.stderr }).on("line", log);
  return {
    stop: () => {
      process.off("exit", killNow);
      child.kill();
      return exited;
    },
  };
}
