import type { HourOutcomes } from "../monitoring/outcomeProfile";
import { trainingProfileDocument } from "../monitoring/profileDocument";
import type { TimeRange } from "../monitoring/windowProfile";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import { widened } from "../truth/hours";
import { observe } from "../truth/observe";
import { type OutcomePorts, outcomesIn } from "../truth/outcomes";
import type { Usecase } from "../usecase/loadUsecases";

/** how long after its hour an observation may be captured and still be found without the timer */
const lateHours = 24;

/** The outcomes of a champion's predictions in a range, with the truths known by now. */
export async function championOutcomes(
  ports: OutcomePorts & { registry: ModelRegistry },
  { usecase: { spec }, version }: { usecase: Usecase; version: ModelVersion },
  range: TimeRange,
): Promise<HourOutcomes[]> {
  const { registry } = ports;
  if (spec.horizonHours !== undefined) await observe(ports, spec, widened(range, 0, spec.horizonHours + lateHours));
  const { signature, trainingProfile: blob } = version;
  const training = blob && (await registry.document(trainingProfileDocument, version, blob));
  const counted = { spec, version: version.version, signature, ...(training && { training }) };
  return outcomesIn(ports, counted, range);
}
