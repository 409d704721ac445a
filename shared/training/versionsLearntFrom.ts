import type { ModelRegistry } from "../registry/modelRegistry";
import type { RunStore } from "./runStore";

/** Model versions that learnt from a dataset version, oldest first, and whether the champion is one of them. */
export async function versionsLearntFrom(
  { runs, registry }: { runs: RunStore; registry: ModelRegistry },
  usecase: string,
  dataset: number,
): Promise<{ learntFromIt: number[]; championLearntFromIt: boolean }> {
  // a run that ended unchanged gave a version that an earlier one had made, of the data of that time
  const learners = (await runs.list(usecase)).flatMap(({ status, version, datasetVersions }) =>
    status === "succeeded" && version !== undefined && datasetVersions?.includes(dataset) ? [version] : [],
  );
  const learntFromIt = [...new Set(learners)].sort((a, b) => a - b);
  const champion = await registry.alias(usecase, "champion");
  return { learntFromIt, championLearntFromIt: champion !== undefined && learntFromIt.includes(champion.version) };
}
