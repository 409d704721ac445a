import { create } from "@bufbuild/protobuf";
import {
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./onnx.generated";

/** The element types our graphs use. */
export type ElementType = "float" | "double" | "int64" | "string";

/** Constant values of a graph: the array's type is the tensor's element type. */
export type ConstantValues = Float32Array | Float64Array | BigInt64Array | readonly string[];

const dataTypes: Record<ElementType, DataType> = {
  float: DataType.FLOAT,
  double: DataType.DOUBLE,
  int64: DataType.INT64,
  string: DataType.STRING,
};

const encoder = new TextEncoder();

/** UTF-8 bytes, as ONNX stores strings. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The number ONNX gives an element type, for `Cast`. */
export function elementTypeNumber(type: ElementType): number {
  return dataTypes[type];
}

/** An initializer of shape `dims` (row-major values). */
export function tensorProto(name: string, values: ConstantValues, dims: readonly number[]): TensorProto {
  const tensor = create(TensorProtoSchema, { name, dims: dims.map(BigInt) });
  if (values instanceof Float32Array) {
    tensor.dataType = DataType.FLOAT;
    tensor.floatData = Array.from(values);
  } else if (values instanceof Float64Array) {
    tensor.dataType = DataType.DOUBLE;
    tensor.doubleData = Array.from(values);
  } else if (values instanceof BigInt64Array) {
    tensor.dataType = DataType.INT64;
    tensor.int64Data = Array.from(values);
  } else {
    tensor.dataType = DataType.STRING;
    tensor.stringData = values.map(utf8);
  }
  return tensor;
}

/** A graph input or output with `rows` free: shape [rows, width], or [rows] without a width. */
export function valueInfo(name: string, type: ElementType, width: number | undefined): ValueInfoProto {
  const rows = { value: { case: "dimParam" as const, value: "rows" } };
  const columns = { value: { case: "dimValue" as const, value: BigInt(width ?? 0) } };
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: { elemType: dataTypes[type], shape: { dim: width === undefined ? [rows] : [rows, columns] } },
      },
    },
  });
}
