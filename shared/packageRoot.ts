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
