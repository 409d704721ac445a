import { AppError } from "../../shared/errors";
import { hourMs } from "../../shared/time";

/** One row of the replayed file: the cells that a client would send, by column. */
export type ReplayCells = Record<string, number | string | null>;

/** A fault that is put into the rows on purpose. */
export interface InjectedFault {
  /** as it was asked for */
  text: string;
  kind: FaultKind;
  /** "label" faults change what becomes true, the others what is sent */
  column: string;
  fromMs: number;
  toMs: number;
  apply(cells: ReplayCells, timeMs: number): void;
}

const kinds = ["shift", "unit", "frozen", "sentinel", "category", "missing", "label"] as const;
type FaultKind = (typeof kinds)[number];

export const faultHelp = `  --inject KIND:COLUMN[:HOW]@FROM[..TO]   puts a fault into the rows; may be given several times. TO is four weeks after
                 FROM where it is not given. KIND:
                   shift     every value moves by HOW: +1sigma, -0.5sigma or a number
                   unit      every value slips by HOW: *1.8+32, *100, /10
                   frozen    the sensor repeats its last value
                   sentinel  every tenth value is HOW (default 0)
                   category  the value becomes HOW (default "unknown")
                   missing   the column is not sent
                   label     COLUMN's values (what becomes true) turn into HOW`;

/** Reads `shift:Pressure:+1sigma@2013-09-01..2013-09-15`; `deviationOf` gives a column's standard deviation. */
export function parseFault(
  text: string,
  columns: readonly string[],
  deviationOf: (column: string) => number,
): InjectedFault {
  const match = /^([a-z]+):([^:@]+)(?::([^@]*))?@([^.]+?)(?:\.\.(.+))?$/.exec(text);
  if (match === null) throw fault(text, "write KIND:COLUMN[:HOW]@FROM[..TO], as in shift:Pressure:+1sigma@2013-09-01");
  const [, kind, column, how = "", from, to] = match;
  if (!kinds.includes(kind as FaultKind)) throw fault(text, `"${kind}" is not a fault; use one of ${kinds.join(", ")}`);
  if (!columns.includes(column)) throw fault(text, `"${column}" is not sent; the columns are ${columns.join(", ")}`);
  const fromMs = instant(text, from);
  const toMs = to === undefined ? fromMs + 28 * 24 * hourMs : instant(text, to);
  if (toMs <= fromMs) throw fault(text, "it ends before it begins");
  const change = changeOf(text, kind as FaultKind, column, how, deviationOf);
  const apply = (cells: ReplayCells, timeMs: number) => {
    if (timeMs >= fromMs && timeMs < toMs) change(cells);
  };
  return { text, kind: kind as FaultKind, column, fromMs, toMs, apply };
}

function changeOf(
  text: string,
  kind: FaultKind,
  column: string,
  how: string,
  deviationOf: (column: string) => number,
): (cells: ReplayCells) => void {
  const numbers = (change: (value: number) => number) => (cells: ReplayCells) => {
    const value = cells[column];
    if (typeof value === "number") cells[column] = change(value);
  };
  switch (kind) {
    case "shift": {
      const match = /^([+-]?\d+(?:\.\d+)?)(sigma)?$/.exec(how);
      if (match === null) throw fault(text, "a shift is a number, or a number of deviations: +1sigma");
      const by = Number(match[1]) * (match[2] ? deviationOf(column) : 1);
      return numbers((value) => value + by);
    }
    case "unit": {
      const match = /^(?:([*/])(\d+(?:\.\d+)?))?([+-]\d+(?:\.\d+)?)?$/.exec(how);
      if (match === null || how === "") throw fault(text, "a unit slip is a factor, an offset or both: *1.8+32");
      const factor = match[2] === undefined ? 1 : match[1] === "*" ? Number(match[2]) : 1 / Number(match[2]);
      const offset = Number(match[3] ?? 0);
      return numbers((value) => value * factor + offset);
    }
    case "frozen": {
      let held: number | string | null | undefined;
      return (cells) => {
        held ??= cells[column];
        cells[column] = held;
      };
    }
    case "sentinel": {
      let row = 0;
      const value = how === "" ? 0 : Number(how);
      return (cells) => {
        if (row++ % 10 === 0) cells[column] = value;
      };
    }
    case "category":
    case "label":
      return (cells) => {
        if (cells[column] !== null) cells[column] = how === "" ? "unknown" : how;
      };
    case "missing":
      return (cells) => {
        cells[column] = null;
      };
  }
}

function instant(text: string, day: string): number {
  const ms = Date.parse(/^\d{4}-\d\d-\d\d$/.test(day) ? `${day}T00:00:00Z` : day);
  if (Number.isNaN(ms)) throw fault(text, `"${day}" is not a date`);
  return ms;
}

function fault(text: string, message: string): AppError {
  return new AppError("invalid_input", `--inject ${text}: ${message}`);
}
