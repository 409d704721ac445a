import { ownValue } from "../../ownValue";

/** The first thing to do about an alert, by rule, for the person whom the message wakes. */
const advice: Record<string, string> = {
  "input-drift":
    "Look at the features named: a sensor or a client may have changed. If the world has changed, a retrained model learns it; the policy onDrift starts that by itself.",
  "input-not-judged":
    "Look at the reason given for each feature: too few rows end by themselves, anything else does not.",
  "monitor-failed": "Read the reason in the summary; until it is gone the model is not watched.",
  "document-changed":
    "Somebody or something changed a stored document. Put the original back, then close the alert; until then the app does not use it.",
  "dataset-rejected": "Read the reasons (GET /datasets), mend the file and drop it again.",
  "model-rejected": "Read the reason (GET /models/{model}/rejected), export the model again and drop it.",
  "run-failed": "Read the reason (GET /runs/{id}); the champion keeps answering meanwhile.",
  "version-paused":
    "Move the alias to an earlier version (PUT /models/{model}/aliases/champion); the version's runs had to be stopped.",
  "capture-lost": "Captured requests could not be written, so monitors will not see them: look at the storage account.",
  "capture-failing":
    "Captured requests wait in memory because storage does not take them: look at the storage account.",
  "reconcile-failed": "Read the reason in the summary; what triggers missed is tried again every ten minutes.",
  "schedule-failed": "Read the reason in the summary; scheduled runs are tried again every hour.",
};

/** The advice for rules of one family, by what their names begin with. */
const families: [prefix: string, advice: string][] = [
  [
    "poison-",
    "Something failed five times and was given up. The log has the reason of each try; drop the file or start the run again once it is gone.",
  ],
  [
    "delivery-failed-",
    "This address gets no alerts. Look at its setting and its server (docs/alerts.md); what waits is sent once it answers again.",
  ],
];

const general = "Open the alert for what was found, and acknowledge it so that others know that you are on it.";

/** What a person should do first about an alert of this rule. */
export function whatToDo(rule: string): string {
  return ownValue(advice, rule) ?? families.find(([prefix]) => rule.startsWith(prefix))?.[1] ?? general;
}
