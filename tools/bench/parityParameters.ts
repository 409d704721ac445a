/** Parameters with which the parity bench fits its models; a learner that is not listed is fitted with its defaults. */
export const parityParameters: Record<string, Record<string, unknown>[]> = {
  "random-forest": [
    { trees: 7, maxDepth: 12, minLeafRows: 1 },
    { trees: 30, maxDepth: 4, minLeafRows: 5, featuresPerSplit: 0.9 },
  ],
  "extra-trees": [
    { trees: 11, maxDepth: 20, minLeafRows: 1 },
    { trees: 30, maxDepth: 5, minLeafRows: 5, bootstrap: true },
  ],
  "gradient-boosting": [
    { rounds: 20, minLeafRows: 3 },
    { rounds: 60, maxLeaves: 8, learningRate: 0.3, l2: 0, featureShare: 0.6 },
    { rounds: 40, maxDepth: 3, earlyStoppingRounds: 5, validationFraction: 0.3 },
  ],
  "logistic-regression": [{}, { l2: 0, maxIterations: 15 }],
  "ridge-regression": [{}, { l2: 1e-6 }],
  "svm-linear": [{}, { c: 100, tolerance: 1e-6 }],
  "svm-exact": [{}, { c: 10, kernel: "linear" }],
  "svm-rbf": [{}, { c: 30, gamma: 0.7, landmarks: 50, tolerance: 1e-4 }],
  calibrated: [
    { parameters: { trees: 12 } },
    { learner: "logistic-regression", folds: 4 },
    { learner: "extra-trees", parameters: { trees: 5 }, method: "sigmoid", folds: 2 },
    { learner: "logistic-regression", method: "sigmoid" },
  ],
  "soft-voting": [
    { members: [{ learner: "random-forest", parameters: { trees: 9 } }], weights: [3] },
    {
      members: [
        { learner: "extra-trees", parameters: { trees: 6 } },
        { learner: "random-forest", parameters: { trees: 4, minLeafRows: 2 } },
        { learner: "soft-voting", parameters: { members: [{ learner: "extra-trees", parameters: { trees: 3 } }] } },
      ],
      weights: [1, 0.3, 0],
    },
  ],
};
