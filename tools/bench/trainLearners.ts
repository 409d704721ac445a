/** How the training bench fits a learner, and with which peers it compares it. */
export interface BenchLearner {
  /** parameters of our trainer, in addition to its defaults */
  parameters: Record<string, unknown>;
  /** names of peers in train_peer.py, with their arguments */
  peers: Record<string, Record<string, unknown>>;
}

const forest = { trees: 100, maxDepth: 10, minLeafRows: 1 };
const boosting = { rounds: 100, maxLeaves: 31, learningRate: 0.1 };

/** Learners with settings of their own; any other learner is fitted with its defaults and without peers. */
const known: Record<string, BenchLearner> = {
  "random-forest": { parameters: forest, peers: { sklearn: forest } },
  "extra-trees": { parameters: forest, peers: { sklearn: forest } },
  "gradient-boosting": { parameters: boosting, peers: { sklearn: boosting, lightgbm: boosting } },
  "logistic-regression": { parameters: {}, peers: { sklearn: {} } },
  "svm-rbf": { parameters: {}, peers: { sklearn: {} } },
  "svm-exact": { parameters: {}, peers: { sklearn: {} } },
  "svm-linear": { parameters: {}, peers: { sklearn: {} } },
};

/** The learners that are measured by default. */
export const defaultLearners = ["random-forest", "gradient-boosting", "svm-rbf", "logistic-regression"];

export function benchLearner(learner: string): BenchLearner {
  return known[learner] ?? { parameters: {}, peers: {} };
}
