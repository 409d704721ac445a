import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { AppError } from "../errors";
import { parseUsecase } from "./parseUsecase";
import type { UsecaseSpec } from "./usecaseSpec";

/** A use case as it was found: its checked spec, its folder, and a hash of the spec that the order and layout of its fields do not change. */
export interface Usecase {
  spec: UsecaseSpec;
  folder: string;
  hash: string;
}

/**
 * Every use case under `folder`, by name: each is a folder with a usecase.json; its name is the spec's, not the folder's. AppError
 * invalid_input names the file and each path at fault, or the two files that claim one name.
 */
export function loadUsecases(folder: string): Map<string, Usecase> {
  if (!existsSync(folder)) throw new AppError("invalid_input", `the folder of use cases ${folder} does not exist`);
  const usecases = new Map<string, Usecase>();
  for (const name of readdirSync(folder).sort()) {
    const file = path.join(folder, name, "usecase.json");
    if (!existsSync(file)) continue;
    const spec = parseUsecase(readFileSync(file, "utf8"), file);
    const twin = usecases.get(spec.name);
    if (twin)
      throw new AppError(
        "invalid_input",
        `${file}: the name "${spec.name}" is taken by ${path.join(twin.folder, "usecase.json")}; names must differ`,
        { details: [{ path: "name", message: `"${spec.name}" is taken` }] },
      );
    usecases.set(spec.name, { spec, folder: path.dirname(file), hash: hashOf(spec) });
  }
  if (usecases.size === 0)
    throw new AppError("invalid_input", `no use case in ${folder}: each is a folder with a usecase.json`);
  return usecases;
}

function hashOf(spec: UsecaseSpec): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(spec)))
    .digest("hex");
}

/** `value` with the fields of every object in name order; arrays keep theirs, which means something. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
