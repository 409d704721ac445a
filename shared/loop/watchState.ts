import { type MonitorSection, monitorsSpec, signals } from "../monitoring/signals/registry";
import type { SignalNeed } from "../monitoring/signals/signal";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import type { Usecase } from "../usecase/loadUsecases";

export interface WatchPorts {
  usecases: Map<string, Usecase>;
  registry: ModelRegistry;
  /** undefined where scored rows are not kept */
  capture?: object;
}

/** A champion that is watched. */
export interface WatchedChampion {
  watched: true;
  version: ModelVersion;
}

/** The champion that a signal watches, or why it watches none. */
export type WatchState = WatchedChampion | { watched: false; version?: number; reason: string };

/** The champion of a model as its signals share it, read once. */
export interface Champion {
  version?: number;
  details(): Promise<ModelVersion>;
}

/** Finds a model's champion; its details are read when the first signal asks for them. */
export async function championOf(registry: ModelRegistry, model: string): Promise<Champion> {
  const version = (await registry.alias(model, "champion"))?.version;
  let details: Promise<ModelVersion> | undefined;
  return {
    version,
    details: () => {
      if (version === undefined) throw new Error(`${model} has no champion`);
      details ??= registry.version(model, version);
      return details;
    },
  };
}

/** Whether the signal with this section of a spec's `monitors` watches a model's champion. */
export async function watchState(ports: WatchPorts, model: string, section: MonitorSection): Promise<WatchState> {
  const needs = signals.find(([name]) => name === section)?.[1].needs ?? [];
  const { enabled } = (ports.usecases.get(model)?.spec.monitors ?? monitorsSpec.parse({}))[section];
  return stateOf(ports, model, { section, needs, enabled }, await championOf(ports.registry, model));
}

/** What is asked of a champion before a signal watches it. */
export interface WatchDemand {
  section: string;
  needs: readonly SignalNeed[];
  enabled: boolean;
}

/** Whether a champion is watched by a signal; AppError corrupt if its details cannot be read. */
export async function stateOf(
  { usecases, capture }: Pick<WatchPorts, "usecases" | "capture">,
  model: string,
  { section, needs, enabled }: WatchDemand,
  { version, details }: Champion,
): Promise<WatchState> {
  const not = (reason: string): WatchState => ({ watched: false, version, reason });
  if (!usecases.has(model) && needs.some((need) => need !== "captures"))
    return not(`no use case is called "${model}": what this signal needs is known of use cases only`);
  if (!enabled) return not(`the use case switches it off (monitors.${section}.enabled)`);
  if (needs.includes("captures") && capture === undefined)
    return not("scored rows are not captured (TIDEGATE_CAPTURE is false)");
  if (version === undefined) return not("there is no champion to watch");
  const champion = await details();
  if (needs.includes("trainingProfile") && champion.trainingProfile === undefined) return not(withoutProfile(champion));
  return { watched: true, version: champion };
}

function withoutProfile({ version, lineage }: ModelVersion): string {
  const how =
    lineage.source === "upload"
      ? `version ${version} was uploaded`
      : `version ${version} was made by an earlier release`;
  return `${how}, without a profile of its training rows to compare with: a version that is trained here from a dataset is watched`;
}
