/** How the training bench fits a learner, and which peers it is compared with. */
export interface BenchLearner {
  /** of our trainer; its defaults otherwise */
  parameters: Record<string, unknown>;
  /** names of fits in train_peer.py, with their arguments */
  peers: Record<string, Record<string, unknown>>;
}

const forest = { trees: 100, maxDepth: 10, minLeafRows: 1 };
const boosting = { rounds: 100, maxLeaves: 31, learningRate: 0.1 };

/** Learners that are fitted in a way of their own; any other one is fitted with its defaults, without peers. */
const known: Record<string, BenchLearner> = {
  "random-forest": { parameters: forest, peers: { sklearn: forest } },
  "extra-trees": { parameters: forest, peers: { sklearn: forest } },
  "gradient-boosting": { parameters: boosting, peers: { sklearn: boosting, lightgbm: boosting } },
  "logistic-regression": { parameters: {}, peers: { sklearn: {} } },
  "svm-rbf": { parameters: {}, peers: { sklearn: {} } },
  "svm-exact": { parameters: {}, peers: { sklearn: {} } },
  "svm-linear": { parameters: {}, peers: { sklearn: {} } },
};

/** What is measured unless learners are asked for. */
export const defaultLearners = ["random-forest", "gradient-boosting", "svm-rbf", "logistic-regression"];

export function benchLearner(learner: string): BenchLearner {
  return known[learner] ?? { parameters: {}, peers: {} };
}
