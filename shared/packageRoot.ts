import { existsSync } from "node:fs";
import path from "node:path";

/** The app's folder (where host.json stands), seen from the sources as well as from dist/. */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(path.join(folder, "host.json"))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`no host.json in any folder above ${__dirname}`);
    folder = parent;
  }
  return folder;
}

/**
 * The compiled form of a source file that threads and processes start from, as in `shared/training/trainingWorker`:
 * they run it also where this code is the source itself, as in tests, which build it first.
 */
export function compiledFile(source: string): string {
  return path.join(packageRoot(), "dist", `${source}.js`);
}
