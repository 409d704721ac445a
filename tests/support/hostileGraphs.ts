/**
 * x [rows, 2] -> y [rows, 1], its first column, after a Loop of Neg that iterates 2^62 times if 100 < max(x) < 110, and
 * not at all otherwise; written with the onnx package for Python, like the other one.
 */
const looping = Buffer.from(
  "CAg60gMKIgoBeBIBbSIJUmVkdWNlTWF4Kg8KCGtlZXBkaW1zGACgAQIKFAoBbQoDbG93EgFhIgdHcmVhdGVyChIKAW0KBGhpZ2gSAWIiBExlc3MKDwoBYQoBYhICYWIiA0FuZAoeCgJhYgoEbWFueQoEemVybxIFdHJpcHMiBVdoZXJlCiMKAXgKBWZpcnN0EgJ4MCIGR2F0aGVyKgsKBGF4aXMYAaABAgqhAQoFdHJpcHMKAXQKAngwEgF5IgRMb29wKocBCgRib2R5MnwKEQoBYxICY28iCElkZW50aXR5CgwKAXYSAnZvIgNOZWcSBGJvZHlaCwoBaRIGCgQIBxIAWgsKAWMSBgoECAkSAFoUCgF2Eg8KDQgBEgkKAxIBbgoCCAFiDAoCY28SBgoECAkSAGIVCgJ2bxIPCg0IARIJCgMSAW4KAggBoAEFEgFnKg0QASIEAADIQkIDbG93Kg4QASIEAADcQkIEaGlnaCoTEAc6CYCAgICAgICAQEIEbWFueSoLEAc6AQBCBHplcm8qCBAJKgEBQgF0Kg4IARAHOgEAQgVmaXJzdFoUCgF4Eg8KDQgBEgkKAxIBbgoCCAJiFAoBeRIPCg0IARIJCgMSAW4KAggBQgQKABAR",
  "base64",
);

/** The same, after filling a tensor of 4.1 GB. */
const hungry = Buffer.from(
  "CAg6xAIKOAoFc2hhcGUSA2JpZyIPQ29uc3RhbnRPZlNoYXBlKhkKBXZhbHVlKg0IARABIgQAAIA/QgF2oAEECiMKAXgKBWZpcnN0EgJ4MCIGR2F0aGVyKgsKBGF4aXMYAaABAgojCgF4EgJteCIJUmVkdWNlTWF4Kg8KCGtlZXBkaW1zGACgAQIKFAoDYmlnCgJteBIEYmlnMiIDQWRkCiUKBGJpZzISAXMiCVJlZHVjZVN1bSoPCghrZWVwZGltcxgAoAECCg8KAXMKAXoSAnMwIgNNdWwKEAoCeDAKAnMwEgF5IgNBZGQSAWcqEggBEAc6BZmz5owEQgVzaGFwZSoOCAEQBzoBAEIFZmlyc3QqCxABIgQAAAAAQgF6WhQKAXgSDwoNCAESCQoDEgFuCgIIAmIUCgF5Eg8KDQgBEgkKAxIBbgoCCAFCBAoAEBE=",
  "base64",
);

/**
 * A graph that returns its first column, but loops if `low` < max(x) < `high`: `rounds` times if given, otherwise
 * forever.
 */
export function loopingBetween(low: number, high: number, rounds?: number): Uint8Array {
  const bytes = Buffer.from(looping);
  replaceOnce(bytes, float(100), float(low));
  replaceOnce(bytes, float(110), float(high));
  if (rounds !== undefined) replaceOnce(bytes, varint(2n ** 62n), varint(BigInt(rounds)));
  return bytes;
}

/** A graph that returns its first column and needs 4.1 GB for it. */
export function hungryGraph(): Uint8Array {
  return Buffer.from(hungry);
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

/** Nine bytes of protobuf, whatever the value. */
function varint(value: bigint): Buffer {
  return Buffer.from(
    Array.from({ length: 9 }, (_, at) => Number((value >> BigInt(7 * at)) & 127n) | (at < 8 ? 128 : 0)),
  );
}

function replaceOnce(bytes: Buffer, found: Buffer, by: Buffer): void {
  const at = bytes.indexOf(found);
  if (at < 0 || bytes.indexOf(found, at + 1) >= 0)
    throw new Error("the graph does not contain the constant exactly once");
  by.copy(bytes, at);
}
