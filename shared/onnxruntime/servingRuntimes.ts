import { isAppError } from "../errors";
import type { ModelVersion } from "../registry/modelVersion";
import { guardedRuntime } from "../serving/runGuard";
import type { ServingRuntime } from "../serving/servingModel";
import type { VersionBreakers, VersionName } from "../serving/versionBreakers";
import type { InferenceLimits } from "./inferenceLimits";
import { createProcessRuntime } from "./processRuntime";

/** Where a version runs. */
export type RuntimeOf = (version: ModelVersion) => ServingRuntime;

export interface ServingRuntimes {
  /** the fast one, shared by models */
  shared: ServingRuntime;
  limits: InferenceLimits;
  breakers: VersionBreakers;
  /** makes the next request load a version again */
  forget(version: VersionName): void;
}

/**
 * Models that were trained here share a runtime. A model trained elsewhere has a process of its own, whoever promoted
 * it: it could loop forever or use up the memory on rows that no trial covered. So does any other model after one of
 * its runs had to be stopped.
 */
export function servingRuntimes({ shared, limits, breakers, forget }: ServingRuntimes): RuntimeOf {
  return (version) => {
    const guard = breakers.of(version);
    if (version.lineage.source === "upload" || guard.hasStopped) return createProcessRuntime(limits, guard);
    const ended = (error?: unknown) => {
      guard.ended(error);
      if (isAppError(error, "timeout", "crashed")) forget(version);
    };
    return guardedRuntime(shared, { admit: () => guard.admit(), ended });
  };
}
