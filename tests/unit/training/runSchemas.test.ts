import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDocument } from "../../../shared/documents";
import {
  type PartialTrial,
  type PlanDocuments,
  type RunRecord,
  runStatuses,
  runTriggers,
  type TrainingPlan,
  type TrialResult,
} from "../../../shared/training/runRecord";
import {
  dataChecksDocument,
  evaluationDocument,
  partialTrialDocument,
  planDocument,
  proofDocument,
  resultRows,
  runRows,
  trialDocument,
} from "../../../shared/training/runSchemas";
import type { EvaluateOutcome } from "../../../shared/training/workerTasks";
import { checkResults, holdoutSamples, signatures } from "../../support/documentArbitraries";
import {
  computed,
  count,
  documentSuite,
  freeFields,
  objects,
  real,
  rowSuite,
  text,
  version,
} from "../../support/documentSuite";

const plain = { noNullPrototype: true };
const foldScores = fc.array(fc.option(real), { maxLength: 4 });

rowSuite("the row of a run", {
  table: "runs",
  type: runRows,
  recorded: "runRow",
  samples: objects<RunRecord>(["id", "usecase", "trigger", "status", "force", "requestedAt", "codeRevision"], {
    id: text,
    usecase: text,
    trigger: fc.constantFrom(...runTriggers),
    status: fc.constantFrom(...runStatuses),
    force: fc.boolean(),
    requestedAt: text,
    startedAt: text,
    finishedAt: text,
    message: text,
    datasetVersions: fc.array(version, { maxLength: 3 }),
    learners: fc.array(text, { maxLength: 3 }),
    usecaseHash: text,
    labelledRows: count,
    trials: count,
    seed: count,
    planSha256: text,
    hashedResults: fc.boolean(),
    codeRevision: text,
    version,
    promoted: fc.boolean(),
  }),
  columns: ({ datasetVersions, learners, ...run }) => ({
    ...run,
    learners: learners && JSON.stringify(learners),
    datasetVersions: datasetVersions && JSON.stringify(datasetVersions),
  }),
  upgraded: ({ partitionKey: _partition, rowKey: _row, etag: _etag, datasetVersions, ...run }) => ({
    ...run,
    ...(datasetVersions && { datasetVersions: JSON.parse(datasetVersions) }),
  }),
  broken: [
    ["status", (row) => Object.assign(row, { status: "lost" })],
    ["datasetVersions", (row) => Object.assign(row, { datasetVersions: "1,2" })],
    ["requestedAt", (row) => delete row.requestedAt],
  ],
});

rowSuite("the row of a run's result", {
  table: "runs",
  type: resultRows,
  recorded: "resultRow",
  samples: fc.record({ path: text, sha256: text }, plain),
  upgraded: ({ path, sha256 }) => ({ path, sha256 }),
  broken: [["sha256", (row) => delete row.sha256]],
});

documentSuite("the plan of a run", {
  type: planDocument,
  recorded: "plan",
  samples: objects<TrainingPlan>(["runId", "usecase", "seed", "trials", "rungs", "folds"], {
    runId: text,
    usecase: text,
    seed: count,
    trials: fc.array(fc.record({ index: count, learner: text, parameters: freeFields }, plain), { maxLength: 3 }),
    rungs: fc.array(fc.record({ share: real, trials: count }, plain), { maxLength: 3 }),
    folds: count,
    documents: fc.record<PlanDocuments>({ prepared: text, parquet: text, spec: text }, plain),
  }),
  broken: [
    ["trials.0.learner", (document) => Object.assign(document, { trials: [{ index: 0, parameters: {} }] })],
    ["rungs", (document) => delete document.rungs],
  ],
});

documentSuite("the result of a trial", {
  type: trialDocument,
  recorded: "trial",
  samples: objects<TrialResult>(
    [
      "index",
      "learner",
      "parameters",
      "rung",
      "metric",
      "foldScores",
      "mean",
      "standardError",
      "modelBytes",
      "seconds",
    ],
    {
      index: count,
      learner: text,
      parameters: freeFields,
      rung: count,
      metric: text,
      foldScores,
      mean: computed,
      standardError: computed,
      modelBytes: count,
      seconds: real,
      failure: text,
    },
  ),
  broken: [
    ["foldScores.1", (document) => Object.assign(document, { foldScores: [1, "2"] })],
    ["mean", (document) => delete document.mean],
  ],
});

test("the result of a trial from before searches had rungs is of the only one", () => {
  const first = { index: 1, learner: "random-forest", parameters: {}, metric: "brier" };
  const scores = { foldScores: [0.1], mean: 0.1, standardError: 0, seconds: 2 };
  const stored = Buffer.from(JSON.stringify({ ...first, ...scores }));
  const read = parseDocument(trialDocument, stored, "runs/a.data-v1/trials/0001.json");
  expect(read).toEqual({ ...first, ...scores, rung: 0, modelBytes: 0 });
});

documentSuite("a trial of which some folds are done", {
  type: partialTrialDocument,
  recorded: "partialTrial",
  samples: objects<PartialTrial>(["foldScores", "modelBytes", "seconds"], {
    foldScores,
    modelBytes: count,
    seconds: real,
  }),
  broken: [["seconds", (document) => Object.assign(document, { seconds: null })]],
});

documentSuite("the checks of a run's data", {
  type: dataChecksDocument,
  recorded: "dataChecks",
  samples: fc.record({ checks: checkResults }, plain),
  upgraded: (checks) => ({ checks }),
  broken: [
    ["checks.0.name", (document) => Object.assign(document, { checks: [{}] })],
    ["checks", (document) => delete document.checks],
  ],
});

documentSuite("the proof of a graph", {
  type: proofDocument,
  recorded: "proof",
  samples: fc.record({ signature: signatures, behaviour: checkResults }, plain),
  broken: [["behaviour", (document) => delete document.behaviour]],
});

documentSuite("a part of an evaluation", {
  type: evaluationDocument,
  recorded: "evaluationPart",
  samples: objects<Partial<EvaluateOutcome>>([], holdoutSamples),
  broken: [
    ["slices.0.rows", (document) => Object.assign(document, { slices: [{ column: "a", slice: "b" }] })],
    ["differences", (document) => Object.assign(document, { differences: {} })],
  ],
});
