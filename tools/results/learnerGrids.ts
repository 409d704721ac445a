/** The settings tried for each learner: a few, from simple to flexible, the same for every use case. */
export const learnerGrids: Record<string, Record<string, unknown[]>> = {
  "random-forest": { trees: [200], maxDepth: [4, 8, 16], minLeafRows: [5, 50], featuresPerSplit: ["auto", 0.6] },
  "extra-trees": { trees: [200], maxDepth: [6, 12], minLeafRows: [5, 50], featuresPerSplit: ["auto", 0.9] },
  "gradient-boosting": { rounds: [100], learningRate: [0.05, 0.1], maxLeaves: [4, 7, 15], minLeafRows: [20, 100] },
  "logistic-regression": { l2: [0.01, 1, 10] },
  "ridge-regression": { l2: [0.01, 1, 100] },
  "svm-linear": { c: [0.01, 1] },
  "svm-rbf": { c: [0.1, 1], gamma: ["scale"] },
  "svm-exact": { c: [1], gamma: ["scale"] },
  calibrated: {
    learner: ["extra-trees"],
    parameters: [{ trees: 200, maxDepth: 12, minLeafRows: 20 }],
    method: ["isotonic", "sigmoid"],
  },
  "soft-voting": {
    members: [
      [
        { learner: "random-forest", parameters: { trees: 200, maxDepth: 8, minLeafRows: 50 } },
        {
          learner: "gradient-boosting",
          parameters: { rounds: 100, learningRate: 0.05, maxLeaves: 7, minLeafRows: 100 },
        },
        { learner: "logistic-regression", parameters: { l2: 1 } },
      ],
    ],
  },
};
