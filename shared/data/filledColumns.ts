import { ownValue } from "../ownValue";
import { hourMs } from "../time";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { columnId } from "./specColumns";

/**
 * Column -> SQL that fills a missing category with the last one of its entity, no older than the limit; features only,
 * labels never.
 */
export function filledColumns(spec: UsecaseSpec): Map<string, string> {
  const filled = new Map<string, string>();
  if (spec.time === undefined) return filled;
  const at = `here.${columnId(spec, spec.time)}`;
  const partition = spec.entity === undefined ? "" : `PARTITION BY here.${columnId(spec, spec.entity)}`;
  const over = `OVER (${partition} ORDER BY ${at} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  for (const name of spec.features) {
    const column = ownValue(spec.columns, name);
    if (column === undefined) continue; // derived, from what was observed
    if (!("fillForwardHours" in column) || column.fillForwardHours === undefined) continue;
    const id = columnId(spec, name);
    const cell = `here.${id}`;
    const age = `${at} - last_value(CASE WHEN ${cell} IS NOT NULL THEN ${at} END IGNORE NULLS) ${over}`;
    const limitMs = Math.round(column.fillForwardHours * hourMs);
    const last = `last_value(${cell} IGNORE NULLS) ${over}`;
    filled.set(cell, `coalesce(${cell}, CASE WHEN ${age} <= ${limitMs} THEN ${last} END) AS ${id}`);
  }
  return filled;
}
