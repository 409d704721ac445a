import { create } from "@bufbuild/protobuf";
import { utf8 } from "./graphTensor";
import { type AttributeProto, AttributeProtoSchema, AttributeProto_AttributeType as Kind } from "./onnx.generated";

/** One attribute of a node; the key says which ONNX attribute type it becomes. */
export type AttributeValue =
  | { int: number }
  | { float: number }
  | { text: string }
  | { ints: ArrayLike<number> }
  | { floats: ArrayLike<number> }
  | { texts: readonly string[] };

/** The attribute `name` as ONNX stores it. */
export function attributeProto(name: string, value: AttributeValue): AttributeProto {
  if ("int" in value) return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value.int) });
  if ("float" in value) return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: value.float });
  if ("text" in value) return create(AttributeProtoSchema, { name, type: Kind.STRING, s: utf8(value.text) });
  if ("ints" in value) return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: bigInts(value.ints) });
  if ("floats" in value)
    return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: Array.from(value.floats) });
  return create(AttributeProtoSchema, { name, type: Kind.STRINGS, strings: encodeAll(value.texts) });
}

function bigInts(values: ArrayLike<number>): bigint[] {
  return Array.from(values, BigInt);
}

/** A tree ensemble repeats two words a hundred thousand times: each distinct text is encoded once. */
function encodeAll(texts: readonly string[]): Uint8Array[] {
  const known = new Map<string, Uint8Array>();
  return texts.map((text) => {
    const bytes = known.get(text) ?? utf8(text);
    known.set(text, bytes);
    return bytes;
  });
}
