import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { appDir } from "./target";

/** A copy of the fixture app whose functions a test writes itself. */
export interface TemporaryApp {
  dir: string;
  /** Replaces its functions. */
  write(code: string): void;
  writeHostJson(content: object): void;
  remove(): void;
}

/** Copies the fixture app to a folder of its own. */
export function makeTemporaryApp(): TemporaryApp {
  const dir = mkdtempSync(path.join(os.tmpdir(), "host-app-"));
  cpSync(appDir, dir, { recursive: true });
  symlinkSync(path.resolve("node_modules"), path.join(dir, "node_modules"));
  return {
    dir,
    write: (code) => writeFileSync(path.join(dir, "functions.js"), code),
    writeHostJson: (content) => writeFileSync(path.join(dir, "host.json"), JSON.stringify(content)),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
