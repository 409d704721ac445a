import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError } from "../../errors";
import type { ModelSignature } from "../../onnx/signature";
import type { RuntimeModel } from "../../ports";
import type { NumberRows, PredictRows } from "./numberRows";
import type { RowCodec } from "./rowCodec";

/** a run blocks the event loop until it ends */
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

  /**
   * The probabilities of all classes (or the value) for every row, in pieces that let the event loop run in between.
   */
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

  /** The model as a function that returns one of its outputs. */
  only(output: number): PredictRows {
    return async (rows) => columnOf(await this.predict(rows), output);
  }
}

/** AppError internal unless the model answered every row with finite numbers: otherwise there is nothing to explain. */
function checkAnswers(data: ArrayLike<number>, rowCount: number): void {
  if (data.length === 0 || data.length % rowCount !== 0)
    throw new AppError("internal", `the model answered ${rowCount} rows with ${data.length} numbers`);
  for (let at = 0; at < data.length; at++)
    if (!Number.isFinite(data[at]))
      throw new AppError("internal", "the model's answer to one of the rows is not a finite number");
}

/** One output for every row. */
export function columnOf({ values, outputCount }: Outputs, output: number): Float64Array {
  return Float64Array.from({ length: values.length / outputCount }, (_, row) => values[row * outputCount + output]);
}
