/**
 * Moves the rows of rows[from, to) whose code (bin x classes + class) is below `limit` to the front, keeping the order
 * on both sides; returns where the right side starts. Without `missingLeft` bin 0 counts as the last one. No branch
 * depends on the data.
 */
export function partitionRows(
  rows: Int32Array,
  from: number,
  to: number,
  codes: Uint16Array,
  limit: number,
  missingOffset: number,
  scratch: Int32Array,
): number {
  const bound = limit - missingOffset;
  let left = from;
  let right = 0;
  for (let at = from; at < to; at++) {
    const row = rows[at];
    const goesLeft = ((((codes[row] - missingOffset) & 0xffff) - bound) >>> 31) | 0;
    scratch[right] = row;
    rows[left] = row;
    left += goesLeft;
    right += 1 - goesLeft;
  }
  for (let at = 0; at < right; at++) rows[left + at] = scratch[at];
  return left;
}
