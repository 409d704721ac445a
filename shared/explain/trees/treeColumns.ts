import { setImmediate as nextTurn } from "node:timers/promises";
import type { RuntimeModel } from "../../ports";
import { type NumberRows, newRows } from "../model/numberRows";
import type { RowCodec } from "../model/rowCodec";
import { cutOutput } from "./cutGraph";

const chunkRows = 512;

/**
 * The trees' input for every row: the graph in front of them is run by the runtime itself, so that no operator is
 * reimplemented.
 */
export async function treeColumns(runtime: RuntimeModel, codec: RowCodec, rows: NumberRows, width: number) {
  const columns = newRows(rows.rowCount, width);
  for (let start = 0; start < rows.rowCount; start += chunkRows) {
    const count = Math.min(chunkRows, rows.rowCount - start);
    const { [cutOutput]: reply } = await runtime.run(codec.decode(rows, start, count));
    if (reply.data.length !== count * width)
      throw new Error(`the trees' input has ${reply.data.length / count} columns, ${width} were traced`);
    columns.cells.set(reply.data as Float64Array, start * width);
    await nextTurn();
  }
  return columns;
}
