import { AppError } from "../errors";
import type { ColumnMasks } from "../usecase/columnMasks";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { subjectReader } from "./feedbackRows";
import { bySubject, subjectOf, type Truth } from "./truth";
import { placeOfTruth, type TruthStore } from "./truthStore";

/** A truth of a prediction as people see it. */
export type ShownTruth = Pick<Truth, "label" | "raw" | "at" | "source"> & { holds: boolean };

/**
 * What was told of one prediction, by its request or by its entity and time: the truth that holds first, then those it
 * has replaced. AppError invalid_input says what is missing in `asked`.
 */
export async function truthHistory(
  { truths, masks }: { truths: TruthStore; masks: ColumnMasks },
  spec: UsecaseSpec,
  asked: { requestId?: string; row?: number; entity?: string; time?: string },
): Promise<ShownTruth[]> {
  const subject = subjectReader(spec, masks)(asked);
  if (typeof subject === "string") throw new AppError("invalid_input", subject);
  const { kind, hour } = placeOfTruth(subject);
  const known = bySubject(await truths.inHour(spec.name, kind, hour)).get(subjectOf(subject)) ?? [];
  return known.map(({ label, raw, at, source }, i) => ({
    label,
    ...(raw !== undefined && raw !== label && { raw }),
    at,
    source,
    holds: i === 0,
  }));
}
