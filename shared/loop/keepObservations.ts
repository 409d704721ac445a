import { captureContainer } from "../capture/inferenceLog";
import type { Clock } from "../ports";
import { lastDays } from "../truth/hours";
import { type ObservePorts, observe } from "../truth/observe";
import type { Usecase } from "../usecase/loadUsecases";

interface KeepPorts extends ObservePorts {
  usecases: Map<string, Usecase>;
  clock: Clock;
}

/** what was captured earlier is looked through when somebody asks for outcomes of that time */
const days = 2;

/** Keeps the observations among the rows that were scored lately: the truth of earlier predictions. */
export async function keepObservations(ports: KeepPorts): Promise<void> {
  const range = lastDays(ports.clock.now(), days);
  for await (const folder of ports.blobs.folders(captureContainer, "")) {
    const spec = ports.usecases.get(folder.replace(/\/$/, ""))?.spec;
    if (spec?.time !== undefined) await observe(ports, spec, range);
  }
}
