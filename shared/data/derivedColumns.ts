import { literal } from "../sql/sqlText";
import { dayMs, hourMs } from "../time";
import type { DerivedSpec } from "../usecase/derivedSpec";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { columnId } from "./specColumns";

const periodMs = { day: dayMs, year: 365.2425 * dayMs };

/**
 * SQL columns `derived AS id` over the table `here`, which has a row for each time and entity; NULL where the history
 * is not known.
 */
export function derivedColumns(spec: UsecaseSpec): string[] {
  return Object.entries(spec.derived).map(
    ([name, derived]) => `${derivedSql(spec, derived)} AS ${columnId(spec, name)}`,
  );
}

function derivedSql(spec: UsecaseSpec, derived: DerivedSpec): string {
  const column = `here.${columnId(spec, derived.column)}`;
  switch (derived.kind) {
    case "lag":
      return before(spec, column, derived.hours);
    case "tendency":
      return `${column} - ${before(spec, column, derived.hours)}`;
    case "rolling": {
      const { hours, statistic } = derived;
      const aggregate = { mean: "avg", min: "min", max: "max", sum: "sum", std: "stddev_pop" }[statistic];
      return `${aggregate}(${column}) ${since(spec, hours)}`;
    }
    case "count": {
      const isOne = `${column} IN (${derived.values.map(literal).join(", ")})`;
      return `CAST(count(CASE WHEN ${isOne} THEN 1 END) ${since(spec, derived.hours)} AS DOUBLE)`;
    }
    case "cycle": {
      const period = typeof derived.period === "number" ? derived.period : periodMs[derived.period];
      return `${derived.function}(2 * pi() * ${column} / ${period})`;
    }
  }
}

/** The value exactly that many hours earlier: a window of that one instant. */
function before(spec: UsecaseSpec, column: string, hours: number): string {
  const ms = Math.round(hours * hourMs);
  return `max(${column}) ${over(spec)} RANGE BETWEEN ${ms} PRECEDING AND ${ms} PRECEDING)`;
}

/** The window of that many hours up to the row: what lies `hours` back is outside, the row itself inside. */
function since(spec: UsecaseSpec, hours: number): string {
  return `${over(spec)} RANGE BETWEEN ${Math.round(hours * hourMs) - 1} PRECEDING AND CURRENT ROW)`;
}

function over(spec: UsecaseSpec): string {
  const partition = spec.entity === undefined ? "" : `PARTITION BY here.${columnId(spec, spec.entity)} `;
  return `OVER (${partition}ORDER BY here.${columnId(spec, spec.time as string)}`;
}
