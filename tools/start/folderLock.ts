import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../shared/errors";

/** A folder that only this process works in, until it releases the folder or ends. */
export interface FolderLock {
  release(): void;
}

/**
 * Locks a folder for this process; throws with one sentence if another process has it. The lock belongs to the
 * operating system, which releases it with the process, however it ends. Node has no file locks of its own, but a
 * transaction of its SQLite database holds one.
 */
export function lockFolder(folder: string): FolderLock {
  const holder = path.join(folder, "lock"); // for people, and for the message below
  const database = new DatabaseSync(path.join(folder, "lock.db"));
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if (!/locked/i.test(messageOf(cause))) throw cause;
    throw new Error(`${nameOf(holder)} is running on ${folder}: stop it, or choose another folder with --state`, {
      cause,
    });
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
    return "another Tidegate"; // it has only just locked the folder
  }
}
