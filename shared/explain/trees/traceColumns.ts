import { BinaryReader } from "@bufbuild/protobuf/wire";
import { AppError } from "../../errors";
import type { GraphProto, NodeProto, TensorProto } from "../../onnx/onnx.generated";
import type { FeatureSlot } from "../../onnx/signature";

/** A column that depends on no feature. */
const constant = -1;

/** operators that work on each cell separately */
const cellByCell = new Set([
  ..."Identity Cast LabelEncoder Imputer Scaler Binarizer IsNaN Not Abs Neg Floor Ceil Clip Log Exp Sqrt".split(" "),
  ..."Where Add Sub Mul Div Min Max And Or Equal Less LessOrEqual Greater GreaterOrEqual".split(" "),
  // the columns stay the same as long as the width does, which users of the trace check
  ..."Reshape Squeeze Unsqueeze Flatten".split(" "),
]);
/** inputs after the first that only control what the operator does */
const firstInputOnly = new Set(["Reshape", "Squeeze", "Unsqueeze", "Clip"]);

/**
 * The feature (an index into `features`) that each column of `tensor` is computed from, -1 for a constant: follows the
 * graph back to its inputs through operators that keep columns apart. AppError rejected names the first operator that
 * does not, or is not known to.
 */
export function traceColumns(graph: GraphProto, features: readonly FeatureSlot[], tensor: string): number[] {
  return new Tracer(graph, features).columns(tensor);
}

class Tracer {
  private readonly known = new Map<string, number[]>();
  private readonly makers: Map<string, NodeProto>;
  private readonly constants: Map<string, TensorProto>;

  constructor(
    graph: GraphProto,
    private readonly features: readonly FeatureSlot[],
  ) {
    this.makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
    this.constants = new Map(graph.initializer.map((one) => [one.name, one]));
    for (const node of graph.node) {
      const value = node.opType === "Constant" && node.attribute.find(({ name }) => name === "value")?.t;
      if (value) this.constants.set(node.output[0], value);
    }
  }

  columns(tensor: string): number[] {
    let found = this.known.get(tensor);
    if (found === undefined) {
      found = this.find(tensor);
      this.known.set(tensor, found);
    }
    return found;
  }

  private find(tensor: string): number[] {
    const value = this.constants.get(tensor);
    if (value) return new Array<number>(Number(value.dims.at(-1) ?? 1n)).fill(constant);
    const node = this.makers.get(tensor);
    if (node) return this.through(node);
    const columns: number[] = [];
    for (const [at, { input, index }] of this.features.entries()) if (input === tensor) columns[index] = at;
    if (columns.length === 0) throw untraced(`the tensor "${tensor}", which no node produces`);
    return columns;
  }

  private through(node: NodeProto): number[] {
    const { opType, input } = node;
    if (opType === "Concat" || opType === "FeatureVectorizer") {
      if (opType === "Concat" && !isColumnAxis(node)) throw untraced("a Concat of rows");
      return input.flatMap((name) => this.columns(name));
    }
    if (opType === "Gather" || opType === "ArrayFeatureExtractor") return this.gathered(node);
    if (opType === "OneHotEncoder") return this.encoded(node);
    if (!cellByCell.has(opType)) throw untraced(`the operator ${opType}`);
    const used = firstInputOnly.has(opType) ? input.slice(0, 1) : input;
    return used
      .filter((name) => name !== "")
      .map((name) => this.columns(name))
      .reduce(together);
  }

  private gathered(node: NodeProto): number[] {
    if (node.opType === "Gather" && !isColumnAxis(node)) throw untraced("a Gather of rows");
    const columns = this.columns(node.input[0]);
    const chosen = this.constants.get(node.input[1]);
    if (chosen === undefined) throw untraced(`a ${node.opType} whose columns depend on the row`);
    return integers(chosen).map((at) => {
      const column = columns.at(at);
      if (column === undefined) throw untraced(`a ${node.opType} of column ${at} out of ${columns.length}`);
      return column;
    });
  }

  private encoded({ input, attribute }: NodeProto): number[] {
    const columns = this.columns(input[0]);
    if (columns.length !== 1) throw untraced("a OneHotEncoder over several columns");
    const list = attribute.find(({ name }) => name === "cats_strings" || name === "cats_int64s");
    const levels = (list?.strings.length ?? 0) + (list?.ints.length ?? 0);
    return new Array<number>(levels).fill(columns[0]);
  }
}

function untraced(what: string): AppError {
  return new AppError("rejected", `the columns that the trees use cannot be traced to features through ${what}`);
}

function isColumnAxis({ attribute }: NodeProto): boolean {
  const axis = Number(attribute.find(({ name }) => name === "axis")?.i ?? 0n);
  return axis === 1 || axis === -1;
}

/** Columns of an operator with several inputs, one of which may be as wide as a single column. */
function together(first: number[], second: number[]): number[] {
  const width = Math.max(first.length, second.length);
  if ([first, second].some(({ length }) => length !== width && length !== 1))
    throw untraced(`an operator over ${first.length} and ${second.length} columns`);
  return Array.from({ length: width }, (_, at) => {
    const [a, b] = [first, second].map((columns) => columns[columns.length === 1 ? 0 : at]);
    if (a !== constant && b !== constant && a !== b) throw untraced("an operator that mixes two features");
    return a === constant ? b : a;
  });
}

const rawData = 9;

/** The integers of a constant, from either of the two places where ONNX stores them. */
function integers(tensor: TensorProto): number[] {
  if (tensor.int64Data.length > 0) return tensor.int64Data.map(Number);
  const field = tensor.$unknown?.find(({ no }) => no === rawData);
  if (field === undefined) throw untraced("a constant in an unsupported form");
  const bytes = new BinaryReader(field.data).bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 8 }, (_, at) => Number(view.getBigInt64(at * 8, true)));
}
