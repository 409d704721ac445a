import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../shared/errors";

/** A folder that this process alone works in, until it gives it back or ends. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes a folder for this process; throws with one sentence when another has it. The operating system decides, and frees the folder with
 * the process, however it ends: Node has no file locks of its own, but a transaction of its database holds one.
 */
export function lockFolder(folder: string): FolderLock {
  const holder = path.join(folder, "lock"); // for people, and for the sentence below
  const database = new DatabaseSync(path.join(folder, "lock.db"));
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if (!/locked/i.test(messageOf(cause))) throw cause;
    throw new Error(`${nameOf(holder)} runs on ${folder}: stop it, or choose another folder with --state`, { cause });
  }
  writeFileSync(holder, String(process.pid));
  return {
    release: () => {
      rmSync(holder, { force: true });
      database.close();
    },
  };
}

function nameOf(holder: string): string {
  try {
    return `another Tidegate (process ${readFileSync(holder, "utf8").trim()})`;
  } catch {
    return "another Tidegate"; // it has only just taken the folder
  }
}
