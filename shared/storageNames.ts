import { deliveryQueue } from "./alerts/deliveries/deliveryQueue";
import { inboxes } from "./inbox/inboxes";
import { trainingQueues } from "./training/runRecord";

const ownQueues = [...Object.values(trainingQueues), deliveryQueue];
const queues = [...ownQueues, "webjobs-blobtrigger"];

/** Queues that hold what failed too often in the queue of the key's name; the last one is the host's own, for blobs. */
export const poisonQueues: Record<string, string> = Object.fromEntries(queues.map((name) => [name, `${name}-poison`]));

/** Tables that keep audit entries, each in the partition of its subject. */
export const auditedTables = ["models", "datasets", "alerts", "runs", "monitors"];

/** All that the app keeps in its storage account. */
export const storageNames = {
  containers: [
    ...inboxes,
    ...[
      "datasets",
      "models",
      "runs",
      "usecases",
      "inference",
      "traffic",
      "profiles",
      "monitors",
      "explanations",
      "truth",
      "outcomes",
      "service",
    ],
  ],
  queues: [...ownQueues, ...Object.values(poisonQueues)],
  tables: auditedTables,
};
