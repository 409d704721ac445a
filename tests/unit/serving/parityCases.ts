import fc from "fast-check";
import { type UsecaseSpec, usecaseSpec } from "../../../shared/usecase/usecaseSpec";
import { shippedSpec } from "../../support/loop";

export type Cell = number | string | null;
export type Row = Record<string, Cell>;

export interface Case {
  spec: UsecaseSpec;
  /** the same, but a file is not refused for its cells: they count as missing, as they do in a request */
  lenient: UsecaseSpec;
  /** rows of features -> a file that has each of them once among its labelled rows, in this order by row number */
  fileOf(rows: Row[]): { content: string; rowOf(index: number): number };
  ordinary: fc.Arbitrary<Row>;
}

const hourMs = 3_600_000;

/** Each row is of a station of its own, so that nothing is filled forward; four hours later its label is known. */
export function weatherCase(): Case {
  const shipped = { ...shippedSpec("weather"), sample: undefined, example: undefined };
  const plain = { ...shipped, checks: {}, evaluation: undefined };
  const spec = usecaseSpec.parse(plain);
  const states = ["rain", "snow", "clear"];
  const names = Object.keys(spec.columns);
  const line = (cells: Record<string, unknown>) => names.map((name) => cells[name] ?? "").join(",");
  return {
    spec,
    lenient: usecaseSpec.parse(withoutValues(plain, "Weather_conditions", { label: states })),
    fileOf: (rows) => {
      const start = Date.parse(spec.split.kind === "time" ? spec.split.holdoutFrom : "");
      const lines = rows.flatMap((row, index) => {
        const at = start + (index % 400) * hourMs - 200 * hourMs;
        const key = (hours: number) => ({
          Timestamp: new Date(at + hours * hourMs).toISOString(),
          Location: `S${index}`,
        });
        const label = states[Math.floor(index / 3) % 2 === 0 ? 2 : index % 2];
        return [line({ ...row, ...quoted(row), ...key(0) }), line({ ...key(4), Weather_conditions: label })];
      });
      return { content: [names.join(","), ...lines].join("\n"), rowOf: (index) => 2 * index + 1 };
    },
    ordinary: fc.record({
      Temperature_C: fc.double({ min: -20, max: 35, noNaN: true }),
      Apparent_Temperature_C: fc.double({ min: -25, max: 40, noNaN: true }),
      Humidity: fc.double({ min: 0, max: 1, noNaN: true }),
      Wind_speed_kmph: fc.double({ min: 0, max: 60, noNaN: true }),
      Wind_bearing_degrees: fc.integer({ min: 0, max: 360 }),
      Visibility_km: fc.double({ min: 0, max: 16, noNaN: true }),
      Pressure_millibars: fc.double({ min: 980, max: 1040, noNaN: true }),
      Weather_conditions: fc.constantFrom(...states),
    }),
  };
}

/** Penguins by their measures and their island, which has no declared values. */
export function penguinCase(): Case {
  const columns = {
    island: { type: "category", sentinels: ["unknown"] },
    sex: { type: "category", values: ["male", "female"], sentinels: ["."] },
    flipper_length_mm: { type: "number", min: 100, max: 300 },
    bill_length_mm: { type: "number", min: 10, sentinels: [99.9, -1] },
    body_mass_g: { type: "number", sentinels: [99_999_999, 4200] },
    year: { type: "number" },
    species: { type: "category", values: ["Adelie", "Chinstrap", "Gentoo"] },
  };
  const plain = {
    name: "penguins",
    title: "Penguins",
    columns,
    label: { column: "species" },
    features: Object.keys(columns).filter((name) => name !== "species"),
    split: { kind: "stratified" },
    candidates: [{ learner: "random-forest" }],
    selection: { metric: "logLoss" },
  };
  const spec = usecaseSpec.parse(plain);
  const species = columns.species.values;
  return {
    spec,
    lenient: usecaseSpec.parse(withoutValues(plain, "sex")),
    fileOf: (rows) => {
      const names = [...spec.features, "species"];
      const lines = rows.map((row, index) => {
        const cells: Record<string, unknown> = { ...row, ...quoted(row), species: species[index % species.length] };
        return names.map((name) => cells[name] ?? "").join(",");
      });
      return { content: [names.join(","), ...lines].join("\n"), rowOf: (index) => index + 1 };
    },
    ordinary: fc.record({
      island: fc.constantFrom("Biscoe", "Dream", "Torgersen"),
      sex: fc.constantFrom("male", "female"),
      flipper_length_mm: fc.integer({ min: 170, max: 235 }),
      bill_length_mm: fc.double({ min: 32, max: 60, noNaN: true }),
      body_mass_g: fc.integer({ min: 2700, max: 6300 }),
      year: fc.integer({ min: 2007, max: 2009 }),
    }),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a spec as it stands in a file
function withoutValues(spec: any, category: string, mapped?: { label: string[] }) {
  const columns = Object.fromEntries(
    Object.entries<object>(spec.columns).map(([name, column]) => {
      if ("type" in column && column.type === "number") return [name, { ...column, outOfRange: "missing" }];
      return [name, name === category ? { ...column, values: undefined } : column];
    }),
  );
  if (mapped === undefined) return { ...spec, columns };
  // the state is label and feature: as a feature any text is taken, as a label those of the mapping are
  const states = { type: "category", values: mapped.label };
  return {
    ...spec,
    columns: { ...columns, [category]: { ...columns[category], values: undefined }, Label: states },
    label: { ...spec.label, column: "Label" },
  };
}

/** Texts as a file holds them. */
function quoted(row: Row): Record<string, string> {
  const texts = Object.entries(row).filter(([, cell]) => typeof cell === "string");
  return Object.fromEntries(texts.map(([name, cell]) => [name, `"${String(cell).replaceAll('"', '""')}"`]));
}

/**
 * Numbers at, just inside and just outside what the spec declares, as doubles and as float32; texts that are nearly
 * right.
 */
function oddCell(spec: UsecaseSpec, name: string): fc.Arbitrary<Cell> {
  const column = spec.columns[name];
  if (column.type === "category") {
    const known = [...(column.values ?? []), "Biscoe", "Dream"];
    return fc.oneof(
      fc.constantFrom(
        null,
        "",
        " ",
        "Mars",
        "NA",
        "null",
        "\u00a0",
        "é",
        '"',
        "a,b",
        "constructor",
        "__proto__",
        ...column.sentinels,
      ),
      fc
        .constantFrom(...known, ...column.sentinels)
        .chain((text) => fc.constantFrom(` ${text}`, `${text}\u00a0 `, text.toUpperCase(), `${text}\t`, `${text}s`)),
    );
  }
  if (column.type === "timestamp") throw new Error("no feature");
  const edges = [column.min, column.max, ...column.sentinels, 0].filter((value) => value !== undefined);
  const near = fc
    .constantFrom(...edges)
    .chain((edge) =>
      fc.constantFrom(
        edge,
        edge + 1e-12,
        edge - 1e-12,
        edge * (1 + 2 ** -25),
        edge * (1 - 2 ** -25),
        edge * (1 + 2 ** -22),
        edge + 1,
        edge - 1,
        -edge,
      ),
    );
  return fc.oneof(fc.constant(null), near, near, fc.constantFrom(-999, 1e6, -5, 1e30, -1e30, 4199.9999));
}

export function oddCells(spec: UsecaseSpec): Record<string, fc.Arbitrary<Cell>> {
  return Object.fromEntries(spec.features.map((feature) => [feature, oddCell(spec, feature)] as const));
}
