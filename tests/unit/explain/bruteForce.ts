/** Shapley values by their definition, the mean over all orders of the features; for a handful of them. */
export function bruteForceShapley(featureCount: number, worth: (inside: ReadonlySet<number>) => number): number[] {
  const values = new Array<number>(featureCount).fill(0);
  const orders = permutations(Array.from({ length: featureCount }, (_, i) => i));
  for (const order of orders) {
    const inside = new Set<number>();
    let before = worth(inside);
    for (const feature of order) {
      inside.add(feature);
      const after = worth(inside);
      values[feature] += (after - before) / orders.length;
      before = after;
    }
  }
  return values;
}

function permutations(items: number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/** The mean of `value` over the background with the features inside the coalition taken from the row. */
export function marginalWorth(row: number[], background: number[][], value: (mixed: number[]) => number) {
  return (inside: ReadonlySet<number>) =>
    background.reduce((sum, other) => sum + value(other.map((cell, i) => (inside.has(i) ? row[i] : cell))), 0) /
    background.length;
}
