import { spawn } from "node:child_process";
import { existsSync, watch } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

export interface BuildWatch {
  stop(): void;
}

interface WatchOptions {
  /** where tsconfig.json lies; default: the current folder */
  root?: string;
  /** what to watch, below the root */
  folders?: string[];
  log?(line: string): void;
}

// Editors write a file in several steps, and "save all" several files.
const quietMs = 150;

/**
 * Compiles when a source changes, and calls `onChange` after each build without errors; `log` gets the compiler's
 * lines, and the reason when `onChange` rejects. (Not `tsc --watch`: that of TypeScript 7.0 misses changes on some file
 * systems.)
 */
export function watchBuild(onChange: () => unknown, options: WatchOptions = {}): BuildWatch {
  const { root = process.cwd(), folders = ["functions", "shared", "models"], log = console.log } = options;
  const build = oneAtATime(async () => {
    try {
      if (await compile(root, log)) await onChange();
    } catch (error) {
      log((error as Error).message);
    }
  });
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void build(), quietMs);
  };
  const watchers = folders
    .map((folder) => path.join(root, folder))
    .filter((folder) => existsSync(folder))
    .map((folder) => watch(folder, { recursive: true }, changed));
  return {
    stop: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** A task that never runs beside itself: calls in the meantime make it run once more. */
function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let isRunning = false;
  let isDue = false;
  return async () => {
    isDue = true;
    if (isRunning) return;
    isRunning = true;
    while (isDue) {
      isDue = false;
      await task();
    }
    isRunning = false;
  };
}

/** Runs the compiler once; resolves with whether it found no errors. */
function compile(root: string, log: (line: string) => void): Promise<boolean> {
  const tsc = path.join(path.dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const child = spawn(process.execPath, [tsc, "-p", "tsconfig.json"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", log);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      log(code === 0 ? "built" : "the build has errors: the last good build keeps running");
      resolve(code === 0);
    });
  });
}
