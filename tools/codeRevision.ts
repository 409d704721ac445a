import { spawnSync } from "node:child_process";

/** The commit that a folder holds, where it is a git checkout; "unknown" elsewhere. */
export function codeRevision(root: string): string {
  const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "unknown";
}
