import { instantOf } from "../instantText";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { RowCells } from "./rowCells";

/** Which observation a row is: its time (ISO) and its entity, "" where the use case has none. */
export interface RowKey {
  time: string;
  entity: string;
}

/** The columns of `rowKey`. */
export function rowKeyColumns({ time, entity }: Pick<UsecaseSpec, "time" | "entity">): string[] {
  return [time, entity].filter((name) => name !== undefined);
}

/** The key of a scored row; undefined where it does not bring what the use case needs. */
export function rowKey(spec: Pick<UsecaseSpec, "time" | "entity">, cells: RowCells): RowKey | undefined {
  if (spec.time === undefined) return undefined;
  const timeMs = instantCell(cells[spec.time]);
  const entity = spec.entity === undefined ? "" : textCell(cells[spec.entity]);
  if (timeMs === undefined || entity === undefined) return undefined;
  return { time: new Date(timeMs).toISOString(), entity };
}

function instantCell(cell: unknown): number | undefined {
  return typeof cell === "string" ? instantOf(cell) : undefined;
}

/** A known text without the spaces around it. */
function textCell(cell: unknown): string | undefined {
  const text = typeof cell === "string" ? cell.trim() : "";
  return text === "" ? undefined : text;
}
