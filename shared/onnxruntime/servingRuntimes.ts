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
  /** the fast one, which models share */
  shared: ServingRuntime;
  limits: InferenceLimits;
  breakers: VersionBreakers;
  /** lets a version be loaded anew with its next request */
  forget(version: VersionName): void;
}

/**
 * Models that were trained here share a runtime. One that was trained elsewhere has a process of its own, whoever promoted it: it can loop for
 * ever or take all memory on rows that no trial thought of. So has any other from the first time on that a run of it had to be stopped.
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
