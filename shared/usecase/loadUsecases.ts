import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { AppError } from "../errors";
import { type UsecaseSpec, usecaseSpec } from "./usecaseSpec";

/** A use case as it was found: its checked spec, its folder, and a hash that changes with any field. */
export interface Usecase {
  spec: UsecaseSpec;
  folder: string;
  hash: string;
}

/** Every use case under `folder`, by name; AppError invalid_input names the file and each path at fault. */
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
        `${file}: the name "${spec.name}" is taken by ${twin.folder}; names must differ`,
      );
    const hash = createHash("sha256").update(JSON.stringify(spec)).digest("hex");
    usecases.set(spec.name, { spec, folder: path.dirname(file), hash });
  }
  if (usecases.size === 0)
    throw new AppError("invalid_input", `no use case in ${folder}: each is a folder with a usecase.json`);
  return usecases;
}

/** Reads one spec; `where` names it in the AppError invalid_input that lists every path at fault. */
export function parseUsecase(text: string, where: string): UsecaseSpec {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid_input", `${where} is no JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = usecaseSpec.safeParse(json);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(({ path: at, message }) => ({ path: at.join("."), message }));
  const faults = details.map(({ path: at, message }) => `${at || "(top)"}: ${message}`).join("; ");
  throw new AppError("invalid_input", `${where} is wrong: ${faults}`, { details });
}
