import fc from "fast-check";
import type { ModelSignature } from "../../../shared/onnx/signature";
import type { TensorInfo, TensorType, TensorValue } from "../../../shared/ports";

export type Cell = number | string | boolean | null;

const columns: { input: string; datatype: TensorType; names: string[] }[] = [
  { input: "floats", datatype: "FP32", names: ["size", "toString"] },
  { input: "doubles", datatype: "FP64", names: ["länge"] },
  { input: "whole", datatype: "INT64", names: ["count", "__proto__"] },
  { input: "small", datatype: "INT32", names: ["rank"] },
  { input: "flags", datatype: "BOOL", names: ["isOpen"] },
  { input: "texts", datatype: "BYTES", names: ["colour", "日付"] },
];

/** A classifier whose features are of every type that a tensor has, some of them called what every object has. */
export const mixedSignature: ModelSignature = {
  inputs: columns.map(
    ({ input, datatype, names }): TensorInfo => ({ name: input, datatype, shape: [-1, names.length] }),
  ),
  outputs: [],
  features: columns.flatMap(({ input, datatype, names }) =>
    names.map((name, index) => ({
      name,
      type: datatype === "BYTES" ? ("category" as const) : ("number" as const),
      nullable: ["FP32", "FP64", "BYTES"].includes(datatype),
      input,
      index,
    })),
  ),
  labelOutput: "label",
  probabilityOutput: "probabilities",
  classes: ["dry", "wet", "“odd”\n"],
};

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const cellOf: Record<TensorType, fc.Arbitrary<Cell>> = {
  FP32: fc.option(fc.oneof(float, fc.integer())),
  FP64: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  INT64: fc.maxSafeInteger(),
  INT32: fc.integer(),
  BOOL: fc.oneof(fc.boolean(), fc.constantFrom(0, 1)),
  BYTES: fc.option(fc.string({ unit: "grapheme" })),
};

/** Rows that the signature takes, cells in its order; any JSON writes them, so that no number is a negative zero. */
export const mixedRows: fc.Arbitrary<Cell[][]> = fc.array(
  fc.tuple(...columns.flatMap(({ datatype, names }) => names.map(() => cellOf[datatype].map(writable)))),
  { minLength: 1, maxLength: 8 },
);

function writable(cell: Cell): Cell {
  return cell === 0 ? 0 : cell;
}

/** The tensors that rows mean, put together the slow way. */
export function tensorsOf(rows: Cell[][]): Record<string, TensorValue> {
  const { inputs, features } = mixedSignature;
  return Object.fromEntries(
    inputs.map(({ name, datatype, shape }) => {
      const cells = rows.flatMap((row) => row.filter((_cell, at) => features[at].input === name));
      return [name, { datatype, shape: [rows.length, shape[1]], data: typed[datatype](cells) }];
    }),
  );
}

const numberOf = (cell: Cell) => (cell === null ? Number.NaN : Number(cell));
const typed: Record<TensorType, (cells: Cell[]) => TensorValue["data"]> = {
  FP32: (cells) => Float32Array.from(cells, numberOf),
  FP64: (cells) => Float64Array.from(cells, numberOf),
  INT64: (cells) => BigInt64Array.from(cells, (cell) => BigInt(cell as number)),
  INT32: (cells) => Int32Array.from(cells, numberOf),
  BOOL: (cells) => Uint8Array.from(cells, numberOf),
  BYTES: (cells) => cells.map((cell) => (cell ?? "") as string),
};
