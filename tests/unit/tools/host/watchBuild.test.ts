import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { watchBuild } from "../../../../tools/host/watchBuild";

test("a changed source is compiled and reported; a broken one is not reported", async () => {
  const root = mkdtempSync(path.join(os.tmpdir(), "watch-build-"));
  mkdirSync(path.join(root, "shared"));
  const source = path.join(root, "shared/a.ts");
  const compilerOptions = { outDir: "dist", rootDir: ".", types: [], noEmitOnError: true };
  writeFileSync(path.join(root, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["shared"] }));
  const lines: string[] = [];
  const onChange = vi.fn();
  const watching = watchBuild(onChange, { root, log: (line) => lines.push(line) });
  try {
    writeFileSync(source, "export const a: number = 'text';");
    await vi.waitFor(() => expect(lines.some((line) => line.includes("the build has errors"))).toBe(true), 15_000);
    expect(onChange).not.toHaveBeenCalled();
    writeFileSync(source, "export const a: number = 2;");
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1), 15_000);
    expect(readFileSync(path.join(root, "dist/shared/a.js"), "utf8")).toContain("a = 2");
  } finally {
    watching.stop();
    rmSync(root, { recursive: true });
  }
});
