import { shortestFloat32 } from "../../math/shortestFloat32";
import type { ModelSignature } from "../../onnx/signature";
import type { TensorValue } from "../../ports";
import type { DecodedRows } from "../../serving/decodeRows";
import { type NumberRows, newRows } from "./numberRows";

/** Turns a model's input tensors into rows of numbers, one column a feature, and back; a category is the number of its text. */
export class RowCodec {
  private readonly texts: string[] = [];
  private readonly codes = new Map<string, number>();

  constructor(private readonly signature: ModelSignature) {}

  encode({ rowCount, tensors }: DecodedRows): NumberRows {
    const { features } = this.signature;
    const rows = newRows(rowCount, features.length);
    for (const [at, { input, index }] of features.entries()) {
      const { data, shape } = tensors[input];
      const width = shape.length === 2 ? shape[1] : 1;
      for (let row = 0; row < rowCount; row++) {
        const cell = data[row * width + index];
        rows.cells[row * features.length + at] = typeof cell === "string" ? this.codeOf(cell) : Number(cell);
      }
    }
    return rows;
  }

  /** Rows `start` to `start + count` as the runtime takes them. */
  decode(rows: NumberRows, start: number, count: number): Record<string, TensorValue> {
    const tensors: Record<string, TensorValue> = {};
    for (const { name, datatype, shape } of this.signature.inputs) {
      const width = shape.length === 2 ? shape[1] : 1;
      const data = arrayOf[datatype](count * width);
      tensors[name] = { datatype, shape: shape.length === 2 ? [count, width] : [count], data };
    }
    for (const [at, { input, index }] of this.signature.features.entries())
      this.fill(tensors[input], index, rows.cells.subarray(start * rows.width + at), rows.width, count);
    return tensors;
  }

  /** The text or number of a cell as a caller would write it: null where it is missing. */
  cell(feature: number, value: number): string | number | null {
    const { type, input } = this.signature.features[feature];
    if (type === "category") return this.texts[value] || null;
    if (Number.isNaN(value)) return null;
    return this.signature.inputs.find(({ name }) => name === input)?.datatype === "FP32"
      ? shortestFloat32(value)
      : value;
  }

  private fill(tensor: TensorValue, index: number, cells: Float64Array, stride: number, count: number): void {
    const { data, datatype } = tensor;
    const width = tensor.shape.length === 2 ? tensor.shape[1] : 1;
    for (let row = 0; row < count; row++) {
      const cell = cells[row * stride];
      const at = row * width + index;
      if (datatype === "BYTES") (data as string[])[at] = this.texts[cell];
      else if (datatype === "INT64") (data as BigInt64Array)[at] = BigInt(cell);
      else (data as Float32Array)[at] = cell;
    }
  }

  private codeOf(text: string): number {
    let code = this.codes.get(text);
    if (code === undefined) {
      code = this.texts.push(text) - 1;
      this.codes.set(text, code);
    }
    return code;
  }
}

const arrayOf: Record<TensorValue["datatype"], (length: number) => TensorValue["data"]> = {
  FP32: (length) => new Float32Array(length),
  FP64: (length) => new Float64Array(length),
  INT64: (length) => new BigInt64Array(length),
  INT32: (length) => new Int32Array(length),
  BOOL: (length) => new Uint8Array(length),
  BYTES: (length) => new Array<string>(length).fill(""),
};
