import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import type { Usecase } from "../usecase/loadUsecases";

export interface WatchPorts {
  usecases: Map<string, Usecase>;
  registry: ModelRegistry;
  /** undefined where scored rows are not kept */
  capture?: object;
}

/** The champion that is watched for drift with the blob of its training profile, or why none is. */
export type WatchState =
  | { watched: true; usecase: Usecase; version: ModelVersion; profileBlob: string }
  | { watched: false; version?: number; reason: string };

/** Whether a model's champion is watched for drift of its inputs. */
export async function watchState({ usecases, registry, capture }: WatchPorts, model: string): Promise<WatchState> {
  const champion = await registry.alias(model, "champion");
  const version = champion?.version;
  const usecase = usecases.get(model);
  if (usecase === undefined)
    return {
      watched: false,
      version,
      reason: `no use case is called "${model}": only champions of use cases are watched`,
    };
  if (!usecase.spec.monitors.drift.enabled)
    return { watched: false, version, reason: "the use case switches it off (monitors.drift.enabled)" };
  if (capture === undefined)
    return { watched: false, version, reason: "scored rows are not captured (TIDEGATE_CAPTURE is false)" };
  if (version === undefined) return { watched: false, reason: "there is no champion to watch" };
  const details = await registry.version(model, version);
  if (details.trainingProfile === undefined) return { watched: false, version, reason: withoutProfile(details) };
  return { watched: true, usecase, version: details, profileBlob: details.trainingProfile };
}

function withoutProfile({ version, lineage }: ModelVersion): string {
  const how =
    lineage.source === "upload" ? `version ${version} was uploaded` : `version ${version} is of an earlier release`;
  return `${how}, without a profile of its training rows to compare with: a version that is trained here from a dataset is watched`;
}
