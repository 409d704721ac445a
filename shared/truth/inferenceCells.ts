import { instantOf } from "../instantText";
import type { ColumnSpec } from "../usecase/usecaseSpec";

/** A scored cell as text of a dataset: "" where the model saw none, since the use case counts the value as missing. */
export function cellText(column: ColumnSpec, cell: unknown): string {
  switch (column.type) {
    case "number":
      return numberText(column, cell);
    case "category": {
      const text = typeof cell === "string" ? cell.trim() : "";
      const isKnown = column.values?.includes(text) ?? true;
      return isKnown && !column.sentinels.includes(text) ? text : "";
    }
    case "timestamp": {
      const timeMs = typeof cell === "string" ? instantOf(cell) : undefined;
      return timeMs === undefined ? "" : new Date(timeMs).toISOString();
    }
  }
}

function numberText({ min, max, sentinels }: ColumnSpec & { type: "number" }, cell: unknown): string {
  if (typeof cell === "boolean") return cell ? "1" : "0";
  if (typeof cell !== "number" || sentinels.includes(cell)) return "";
  return cell < (min ?? cell) || cell > (max ?? cell) ? "" : String(cell);
}

/** One record of a comma-separated file (RFC 4180). */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\n`;
}
