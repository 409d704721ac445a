import { isAppError } from "../errors";
import type { GlobalExplanation } from "../explain/globalExplanation";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { Usecase } from "../usecase/loadUsecases";
import { type ModelCard, modelCard } from "./modelCard";

export interface CardPorts {
  registry: ModelRegistry;
  usecases: Map<string, Usecase>;
  explanations: { of(model: string, reference: string): Promise<GlobalExplanation> };
}

/** The card of a version (a number or an alias); AppError not_found when there is none. */
export async function buildModelCard(ports: CardPorts, model: string, reference: string): Promise<ModelCard> {
  const { registry, usecases } = ports;
  const number = await registry.resolve(model, reference);
  const facts = await registry.version(model, number);
  const aliases = Object.entries(await registry.aliases(model))
    .filter(([, version]) => version === number)
    .map(([alias]) => alias);
  const versions = (await registry.versions(model)).map(({ version }) => version).sort((a, b) => a - b);
  const spec = usecases.get(model)?.spec;
  return modelCard({ facts, aliases, versions, spec, explanation: await explanationOf(ports, facts) });
}

/** The explanation, or why there can be none. */
async function explanationOf(
  { explanations }: CardPorts,
  { model, version }: { model: string; version: number },
): Promise<GlobalExplanation | string> {
  try {
    return await explanations.of(model, String(version));
  } catch (error) {
    if (isAppError(error) && !error.retryable) return error.message;
    throw error;
  }
}
