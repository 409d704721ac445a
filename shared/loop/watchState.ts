import type { MonitorSection } from "../monitoring/signals/registry";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import type { Usecase } from "../usecase/loadUsecases";

export interface WatchPorts {
  usecases: Map<string, Usecase>;
  registry: ModelRegistry;
  /** undefined where scored rows are not kept */
  capture?: object;
}

/** A champion that is watched, with the blob of its training profile. */
export interface WatchedChampion {
  watched: true;
  usecase: Usecase;
  version: ModelVersion;
  profileBlob: string;
}

/** The champion that a signal watches, or why it watches none. */
export type WatchState = WatchedChampion | { watched: false; version?: number; reason: string };

/** Whether the signal with this section of a spec's `monitors` watches a model's champion. */
export async function watchState(
  { usecases, registry, capture }: WatchPorts,
  model: string,
  section: MonitorSection,
): Promise<WatchState> {
  const champion = await registry.alias(model, "champion");
  const version = champion?.version;
  const usecase = usecases.get(model);
  if (usecase === undefined)
    return {
      watched: false,
      version,
      reason: `no use case is called "${model}": only champions of use cases are watched`,
    };
  if (!usecase.spec.monitors[section].enabled)
    return { watched: false, version, reason: `the use case switches it off (monitors.${section}.enabled)` };
  if (capture === undefined)
    return { watched: false, version, reason: "scored rows are not captured (TIDEGATE_CAPTURE is false)" };
  if (version === undefined) return { watched: false, reason: "there is no champion to watch" };
  const details = await registry.version(model, version);
  if (details.trainingProfile === undefined) return { watched: false, version, reason: withoutProfile(details) };
  return { watched: true, usecase, version: details, profileBlob: details.trainingProfile };
}

function withoutProfile({ version, lineage }: ModelVersion): string {
  const how =
    lineage.source === "upload"
      ? `version ${version} was uploaded`
      : `version ${version} was made by an earlier release`;
  return `${how}, without a profile of its training rows to compare with: a version that is trained here from a dataset is watched`;
}
