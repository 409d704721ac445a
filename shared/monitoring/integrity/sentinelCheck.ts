import { figure, percent } from "../../figure";
import type { NumberProfile } from "../profile";
import type { CheckResult, ColumnEvidence } from "./columnEvidence";

/** numbers that programs put where they know none, besides repeated nines */
const usual = new Set([-1, 0, 99, 255, -32768, 32767, 65535]);
/** so many deviations beyond all training values any number is far away */
const farDeviations = 3;

/**
 * A number that training never had, far from all of its values, and repeated: somebody's sign for "missing" that is not
 * declared. Numbers that programs are known to use for it need not be far away.
 */
export function checkUndeclaredSentinel(column: ColumnEvidence): CheckResult {
  const { bins, rows, settings, unseen } = column;
  if (bins.type !== "number") return { figures: {} };
  for (const [text, count] of Object.entries(unseen).sort(([, a], [, b]) => b - a)) {
    const value = Number(text);
    if (count < settings.minFaultyRows || count / rows < settings.sentinelShare) break;
    if (!standsOut(column, value, count)) continue;
    const told = `holds ${figure(value)} in ${percent(count / rows)} of the rows, far from every training value: a sign for "missing" that is not declared (sentinels)`;
    const fault = { check: "undeclared sentinel", isTotal: count === rows, text: told };
    return { figures: { sentinelValue: value, sentinelShare: count / rows }, fault };
  }
  return { figures: {} };
}

function standsOut(column: ColumnEvidence, value: number, count: number): boolean {
  const { training, reference, unseen } = column;
  const { min, max } = training as NumberProfile;
  if (min === null || max === null) return false;
  const deviation = reference?.shape?.deviation ?? (max - min) / 4;
  const distance = value < min ? min - value : value - max;
  if (distance <= 0) return false;
  if (isUsual(value)) return true;
  // of a unit that slipped there are many different values out there, and each is rare
  const beyond = Object.values(unseen).reduce((sum, one) => sum + one, 0);
  return distance > farDeviations * deviation && count > beyond / 2;
}

/** -999, 9999, 99999 and the like are used everywhere. */
function isUsual(value: number): boolean {
  return usual.has(value) || /^-?9{3,}(\.9+)?$/.test(String(value));
}
