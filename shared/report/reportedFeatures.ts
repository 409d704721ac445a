import { distributionShares } from "../monitoring/distributionShares";
import type { MonitorResult } from "../monitoring/monitorStore";
import type { MonitoringReference } from "../monitoring/reference";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import type { TimeRange, WindowProfile } from "../monitoring/windowProfile";
import type { FeatureDays, ReportedFeature } from "./monitoringReport";

const mostDrifted = 6;
const mostImportant = 3;

/** What a version was trained on, and what was captured in a window, in the same bins. */
export type CountsOf = (
  model: string,
  version: number,
  range: TimeRange,
) => Promise<{ training: TrainingProfile; now: WindowProfile; reference?: MonitoringReference } | undefined>;

/**
 * The features that pictures are drawn of, in the window of the newest result that found drift; where none did, those
 * that the model relies on most, in the newest window.
 */
export async function reportedFeatures(
  countsOf: CountsOf,
  results: readonly MonitorResult[],
  { features: ranked }: FeatureDays,
): Promise<ReportedFeature[]> {
  const result = results.findLast(({ verdict }) => verdict === "drift") ?? results.at(-1);
  if (result === undefined) return [];
  const { model, version, windowStart, windowEnd } = result;
  const counts = await countsOf(model, version, { from: new Date(windowStart), to: new Date(windowEnd) });
  const bins = counts?.training.bins ?? [];
  const placeOf = new Map(bins.map(({ name }, at) => [name, at]));
  const importanceOf = (name: string) => counts?.reference?.importance?.[placeOf.get(name) ?? -1];
  const drifted = new Set(result.findings.flatMap((one) => (one.verdict === "drift" ? [one.subject] : [])));
  const names = ranked.map(({ name }) => name);
  const important = names.toSorted((a, b) => (importanceOf(b) ?? 0) - (importanceOf(a) ?? 0));
  const shown =
    drifted.size > 0
      ? names.filter((name) => drifted.has(name)).slice(0, mostDrifted)
      : important.slice(0, mostImportant);
  return shown.map((name) => {
    const at = placeOf.get(name);
    const shares =
      counts === undefined || at === undefined
        ? undefined
        : distributionShares(bins[at], counts.training.profile.features[at], counts.now.inputs.features[at]);
    const importance = importanceOf(name);
    const by = result.findings.find(({ subject }) => subject === name)?.more?.drifted;
    const driftedBy = Array.isArray(by) && by.length > 0 ? by.map(String) : undefined;
    const picture = {
      ...(driftedBy && { driftedBy }),
      ...(importance !== undefined && { importance }),
      ...(shares && { shares }),
    };
    return { name, drifted: drifted.has(name), windowStart, windowEnd, version, ...picture };
  });
}
