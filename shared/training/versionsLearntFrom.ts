import type { ModelRegistry } from "../registry/modelRegistry";
import type { RunStore } from "./runStore";

/** Model versions that learnt from a dataset version, oldest first, and whether the champion is one of them. */
export async function versionsLearntFrom(
  { runs, registry }: { runs: RunStore; registry: ModelRegistry },
  usecase: string,
  dataset: number,
): Promise<{ learntFromIt: number[]; championLearntFromIt: boolean }> {
  const learners = (await runs.list(usecase)).flatMap(({ version, datasetVersions }) =>
    version !== undefined && datasetVersions?.includes(dataset) ? [version] : [],
  );
  const learntFromIt = [...new Set(learners)].sort((a, b) => a - b);
  const champion = await registry.alias(usecase, "champion");
  return { learntFromIt, championLearntFromIt: champion !== undefined && learntFromIt.includes(champion.version) };
}
