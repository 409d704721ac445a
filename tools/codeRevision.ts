import { spawnSync } from "node:child_process";

/** The commit that is checked out in a folder; "unknown" if it is not a git checkout. */
export function codeRevision(root: string): string {
  const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "unknown";
}
