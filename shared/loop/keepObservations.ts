import type { Clock } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import { lastDays } from "../truth/captureBlobs";
import { type ObservePorts, observe } from "../truth/observe";
import type { Usecase } from "../usecase/loadUsecases";

interface KeepPorts extends ObservePorts {
  usecases: Map<string, Usecase>;
  registry: ModelRegistry;
  clock: Clock;
}

/** what was captured earlier is looked through when somebody asks for outcomes of that time */
const days = 2;

/** Keeps the observations among the rows that were scored lately: the truth of earlier predictions. */
export async function keepObservations(ports: KeepPorts): Promise<void> {
  for (const { spec } of ports.usecases.values())
    if (spec.time !== undefined)
      await observe(ports, spec, await versionNumbers(ports.registry, spec.name), lastDays(ports.clock.now(), days));
}

/** The numbers of all versions of a model, which may have answered. */
export async function versionNumbers(registry: ModelRegistry, model: string): Promise<number[]> {
  return (await registry.versions(model, () => {})).map(({ version }) => version);
}
