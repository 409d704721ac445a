/** A tree under construction: node 0 is the root, the right child follows the left one. */
export class TreeNodes {
  /** -1 marks a leaf */
  readonly feature: number[] = [];
  readonly threshold: number[] = [];
  readonly missingLeft: boolean[] = [];
  /** index of the left child; leaves: 0 */
  readonly left: number[] = [];
  /** node x sum: what the training rows in it sum to, see NodeStatistic */
  readonly weights: number[] = [];

  constructor(readonly sumCount: number) {}

  get count(): number {
    return this.feature.length;
  }

  /** Adds a leaf that holds `weights` (one per sum); returns its index. */
  add(weights: ArrayLike<number>): number {
    this.feature.push(-1);
    this.threshold.push(0);
    this.missingLeft.push(false);
    this.left.push(0);
    for (let k = 0; k < this.sumCount; k++) this.weights.push(weights[k]);
    return this.feature.length - 1;
  }

  /** Turns leaf `node` into a split whose left child holds `leftWeights`; returns the left child's index. */
  split(node: number, leftWeights: Float64Array): number {
    const rightWeights = leftWeights.map((weight, k) => this.weights[node * this.sumCount + k] - weight);
    const left = this.add(leftWeights);
    this.add(rightWeights);
    this.left[node] = left;
    return left;
  }

  /** Copies the sums of `node` to `target`. */
  readWeights(node: number, target: Float64Array): void {
    for (let k = 0; k < this.sumCount; k++) target[k] = this.weights[node * this.sumCount + k];
  }
}
