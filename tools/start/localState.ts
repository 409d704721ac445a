import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { type FolderLock, lockFolder } from "./folderLock";

const keysShape = z.strictObject({ functionKey: z.string().min(16), masterKey: z.string().min(16) });
export type LocalKeys = z.infer<typeof keysShape>;

/** What scripts and tools need to drive a running Tidegate; `DIR/local.json`. */
export interface LocalInfo extends LocalKeys {
  url: string;
  /** connection string */
  storage: string;
  /** names of the use cases that are served */
  usecases: string[];
  ready: boolean;
}

const privateFile = { mode: 0o600 };

/**
 * The state folder of a running Tidegate: permanent keys, `local.json` while it runs, and a lock against a second
 * start.
 */
export class LocalState {
  private heldLock?: FolderLock;

  constructor(readonly folder: string) {}

  /** Locks the folder, readable by its owner only; throws with one sentence if another Tidegate runs on it. */
  async lock(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    this.heldLock = lockFolder(this.folder);
    await rm(path.join(this.folder, "local.json"), { force: true }); // left over from a start that was killed
  }

  /** The keys of this folder, created by the first start. */
  async keys(): Promise<LocalKeys> {
    const file = path.join(this.folder, "keys.json");
    if (existsSync(file)) return keysShape.parse(JSON.parse(await readFile(file, "utf8")));
    const fresh = () => randomBytes(24).toString("base64url");
    const keys = { functionKey: fresh(), masterKey: fresh() };
    await writeFile(file, JSON.stringify(keys), privateFile);
    return keys;
  }

  /** Publishes `local.json`; readers see the old file or the new one, never a part of it. */
  async publish(info: LocalInfo): Promise<void> {
    const file = path.join(this.folder, "local.json");
    await writeFile(`${file}.new`, `${JSON.stringify(info, null, 2)}\n`, privateFile);
    await rename(`${file}.new`, file);
  }

  /** Releases the folder, if this process has it. */
  async unlock(): Promise<void> {
    if (this.heldLock === undefined) return;
    await rm(path.join(this.folder, "local.json"), { force: true });
    this.heldLock.release();
    this.heldLock = undefined;
  }
}
