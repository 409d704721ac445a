import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { packageRoot } from "../../shared/packageRoot";
import type { LocalInfo } from "./localState";
import { TidegateClient } from "./tidegateClient";

/**
 * The Tidegate that runs on a state folder (relative to the project), with its client; if none does, throws and says
 * what to do.
 */
export async function runningTidegate(state: string): Promise<{ info: LocalInfo; client: TidegateClient }> {
  const folder = path.resolve(packageRoot(), state);
  const file = path.join(folder, "local.json");
  if (!existsSync(file))
    throw new Error(`no Tidegate is running on ${folder}: start one with npm start, or give its folder with --state`);
  const info = JSON.parse(await readFile(file, "utf8")) as LocalInfo;
  const client = new TidegateClient(info);
  try {
    await client.require("/health");
  } catch (cause) {
    throw new Error(`${(cause as Error).message}: it was killed, or is still starting; see ${folder}/host.log`, {
      cause,
    });
  }
  return { info, client };
}
