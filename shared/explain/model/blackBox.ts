import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError } from "../../errors";
import type { ModelSignature } from "../../onnx/signature";
import type { RuntimeModel } from "../../ports";
import type { NumberRows, PredictRows } from "./numberRows";
import type { RowCodec } from "./rowCodec";

/** a run blocks the event loop for its whole length */
const chunkRows = 512;

/** What a model says about rows: the probability of each class, or one value. */
export interface Outputs {
  /** rows x outputs, row-major */
  values: Float64Array;
  outputCount: number;
}

/** A loaded model as a function of rows of numbers. */
export class BlackBox {
  private readonly output: string;

  constructor(
    private readonly runtime: RuntimeModel,
    readonly signature: ModelSignature,
    readonly codec: RowCodec,
  ) {
    const output = signature.probabilityOutput ?? signature.valueOutput;
    if (output === undefined)
      throw new AppError("rejected", "the model returns labels only; an explanation needs probabilities or a value");
    this.output = output;
  }

  /** Probabilities of every class (or the value) of every row, in pieces that leave the event loop free in between. */
  async predict(rows: NumberRows): Promise<Outputs> {
    let outputs: Outputs = { values: new Float64Array(0), outputCount: 1 };
    for (let start = 0; start < rows.rowCount; start += chunkRows) {
      const count = Math.min(chunkRows, rows.rowCount - start);
      const { [this.output]: reply } = await this.runtime.run(this.codec.decode(rows, start, count));
      checkAnswers(reply.data as Float32Array, count);
      const outputCount = reply.data.length / count;
      if (start === 0) outputs = { values: new Float64Array(outputCount * rows.rowCount), outputCount };
      outputs.values.set(reply.data as Float32Array, start * outputCount);
      await nextTurn();
    }
    return outputs;
  }

  /** The model as a function with one of its outputs. */
  only(output: number): PredictRows {
    return async (rows) => columnOf(await this.predict(rows), output);
  }
}

/** AppError internal where the model answered other than each row, or with what is not a number: there is nothing to explain then. */
function checkAnswers(data: ArrayLike<number>, rowCount: number): void {
  if (data.length === 0 || data.length % rowCount !== 0)
    throw new AppError("internal", `the model answered ${rowCount} rows with ${data.length} numbers`);
  for (let at = 0; at < data.length; at++)
    if (!Number.isFinite(data[at]))
      throw new AppError("internal", "the model's answer to one of the rows is not a finite number");
}

/** One output of every row. */
export function columnOf({ values, outputCount }: Outputs, output: number): Float64Array {
  return Float64Array.from({ length: values.length / outputCount }, (_, row) => values[row * outputCount + output]);
}
