/** Parameters whose models the parity bench compares; a learner that is not named here is fitted with its defaults. */
export const parityParameters: Record<string, Record<string, unknown>[]> = {
  "random-forest": [
    { trees: 7, maxDepth: 12, minLeafRows: 1 },
    { trees: 30, maxDepth: 4, minLeafRows: 5, featuresPerSplit: 0.9 },
  ],
  "extra-trees": [
    { trees: 11, maxDepth: 20, minLeafRows: 1 },
    { trees: 30, maxDepth: 5, minLeafRows: 5, bootstrap: true },
  ],
  "logistic-regression": [{}, { l2: 0, maxIterations: 15 }],
};
