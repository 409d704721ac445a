import { shortestFloat32 } from "../../math/shortestFloat32";
import type { ModelSignature } from "../../onnx/signature";
import type { TensorValue } from "../../ports";
import type { DecodedRows } from "../../serving/decodeRows";
import { rowWidth, toTensors } from "../../serving/tensors";
import { type NumberRows, newRows } from "./numberRows";

/**
 * Converts a model's input tensors to rows of numbers, one column per feature, and back; a category becomes the number
 * of its string.
 */
export class RowCodec {
  private readonly texts: string[] = [];
  private readonly codes = new Map<string, number>();

  constructor(private readonly signature: ModelSignature) {}

  encode({ rowCount, tensors }: DecodedRows): NumberRows {
    const { features } = this.signature;
    const rows = newRows(rowCount, features.length);
    for (const [at, { input, index }] of features.entries()) {
      const { data, shape } = tensors[input];
      const width = rowWidth(shape);
      for (let row = 0; row < rowCount; row++) {
        const cell = data[row * width + index];
        rows.cells[row * features.length + at] = typeof cell === "string" ? this.codeOf(cell) : Number(cell);
      }
    }
    return rows;
  }

  /** The `count` rows from `start` on, as the runtime takes them. */
  decode(rows: NumberRows, start: number, count: number): Record<string, TensorValue> {
    return toTensors(this.signature, count, ({ type }, feature) => {
      const cellAt = (row: number) => rows.cells[(start + row) * rows.width + feature];
      return type === "category" ? (row) => this.texts[cellAt(row)] : cellAt;
    });
  }

  /** The string or number of a cell as a caller would write it; null if it is missing. */
  cell(feature: number, value: number): string | number | null {
    const { type, input } = this.signature.features[feature];
    switch (type) {
      case "category":
        return this.texts[value] || null;
      case "number":
        return Number.isNaN(value) ? null : this.shortest(input, value);
    }
  }

  private shortest(input: string, value: number): number {
    const isFloat32 = this.signature.inputs.find(({ name }) => name === input)?.datatype === "FP32";
    return isFloat32 ? shortestFloat32(value) : value;
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
