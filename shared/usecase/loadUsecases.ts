import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { AppError, isAppError } from "../errors";
import { monitorsSpec } from "../monitoring/signals/registry";
import { parseUsecase } from "./parseUsecase";
import type { SpecRule } from "./specRule";
import type { UsecaseSpec } from "./usecaseSpec";

/**
 * A use case as it was found: its checked spec, its folder, and a hash of the spec that the order and layout of its
 * fields do not change.
 */
export interface Usecase {
  spec: UsecaseSpec;
  folder: string;
  hash: string;
}

/**
 * Every use case under `folder`, by name: each is a folder of that name with a usecase.json, which also holds to
 * `rules`. AppError invalid_input names every file that is wrong and each path at fault in it.
 */
export function loadUsecases(folder: string, rules: readonly SpecRule[] = []): Map<string, Usecase> {
  if (!existsSync(folder)) throw new AppError("invalid_input", `the folder of use cases ${folder} does not exist`);
  const usecases = new Map<string, Usecase>();
  const faults: AppError[] = [];
  for (const name of readdirSync(folder).sort()) {
    const file = path.join(folder, name, "usecase.json");
    if (!existsSync(file)) continue;
    try {
      const spec = parseUsecase(readFileSync(file, "utf8"), file, [...rules, namedAs(name)]);
      usecases.set(name, { spec, folder: path.dirname(file), hash: hashOf(spec) });
    } catch (error) {
      if (!isAppError(error)) throw error;
      faults.push(error);
    }
  }
  if (faults.length > 0) throw joined(faults);
  if (usecases.size === 0)
    throw new AppError("invalid_input", `no use case in ${folder}: each is a folder with a usecase.json`);
  return usecases;
}

/** A use case is looked for by its name in its inbox folder, in the registry and here: all are one name. */
function namedAs(folder: string): SpecRule {
  return {
    needs: ["name"],
    check: ({ name }, fault) => {
      if (name !== folder) fault(["name"], `"${name}" differs from the name of its folder, "${folder}": rename one`);
    },
  };
}

function joined(faults: AppError[]): AppError {
  if (faults.length === 1) return faults[0];
  const details = faults.flatMap((fault) => fault.details);
  return new AppError("invalid_input", faults.map(({ message }) => message).join("\n"), { details, cause: faults[0] });
}

/**
 * What the fields of `monitors.drift` were when they were first hashed: another default, or another field, changes no
 * hash.
 */
const hashedDrift = {
  windowHours: 24,
  maxWindowHours: 168,
  minRows: 100,
  numericThreshold: 0.1,
  categoricalThreshold: 0.1,
  missingThreshold: 0.05,
  minDriftedFeatures: 1,
  enabled: true,
};

/**
 * Limits, signals, actions, channels, retention and sensitive columns change what is refused, watched, started, told
 * and kept, not what is learned. Those that are here were always hashed, and stay so: another hash would train every
 * use case again.
 */
function hashOf(usecase: UsecaseSpec): string {
  const { limits: _limits, channels: _channels, retention: _retention, monitors, policies, ...spec } = usecase;
  const columns = Object.fromEntries(
    Object.entries(spec.columns).map(([name, column]) => [name, learnedColumn(column)]),
  );
  const { onNewData, onDrift, retrainEveryHours, minNewLabelledRows = 1, cooldownHours } = policies;
  const hashed = { onNewData, onDrift, retrainEveryHours, minNewLabelledRows, cooldownHours };
  return createHash("sha256")
    .update(JSON.stringify(sorted({ ...spec, columns, monitors: { drift: driftToHash(monitors) }, policies: hashed })))
    .digest("hex");
}

/** Without what says how a column is watched and kept, not what is learned of it. */
function learnedColumn(column: UsecaseSpec["columns"][string]): object {
  const { sensitive: _kept, ...rest } = column;
  if (rest.type !== "number") return rest;
  const { cyclic: _watched, ...learned } = rest;
  return learned;
}

/** The drift settings with what is not set as it was first hashed. */
function driftToHash({ drift }: UsecaseSpec["monitors"]): Record<string, unknown> {
  const usual: Record<string, unknown> = monitorsSpec.parse({}).drift;
  const given: Record<string, unknown> = drift;
  return Object.fromEntries(
    Object.entries(hashedDrift).map(([name, first]) => [name, given[name] === usual[name] ? first : given[name]]),
  );
}

/** `value` with the fields of every object in name order; arrays keep theirs, which means something. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
