/**
 * A float32 t with low <= t < high (both float32): the midpoint, so that `value <= t` separates them in ONNX Runtime's
 * float32 exactly as the bins did. Where no float32 lies between, t is `low`.
 */
export function splitThreshold(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2);
  return middle >= low && middle < high ? middle : low;
}
