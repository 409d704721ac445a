import fc from "fast-check";
import type { DataDescription, PartDescription } from "../../../shared/data/describeData";
import type { AliasPin } from "../../../shared/registry/aliasPin";
import { type AliasState, aliasRows } from "../../../shared/registry/aliasRow";
import type { VersionDetails, VersionLineage } from "../../../shared/registry/modelVersion";
import { versionDocument } from "../../../shared/registry/versionDocument";
import { type VersionRow, versionRows } from "../../../shared/registry/versionRow";
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
  texts,
  version,
} from "../../support/documentSuite";

const plain = { noNullPrototype: true };
const named = (values: fc.Arbitrary<string>) => fc.dictionary(text, values, { maxKeys: 2, noNullPrototype: true });

const part = objects<PartDescription>(["rows"], {
  rows: count,
  from: text,
  to: text,
  classes: fc.dictionary(text, count, { maxKeys: 2, noNullPrototype: true }),
  values: fc.record({ min: computed, mean: computed, max: computed }, plain),
});

const data = objects<DataDescription>(["counts", "split", "train", "holdout", "folds"], {
  counts: fc.record({ rows: count, labelled: count, unlabelled: count, gap: count, duplicates: count }, plain),
  split: fc.record({ kind: fc.constant("stratified" as const), holdoutFraction: real, folds: count }, plain),
  horizonHours: real,
  train: part,
  holdout: part,
  folds: count,
  renamedColumns: named(text),
});

const lineage = objects<VersionLineage>(["source", "codeRevision"], {
  source: fc.constantFrom("training" as const, "upload" as const),
  runId: text,
  usecase: text,
  usecaseHash: text,
  usecaseSpec: text,
  datasetVersions: fc.array(version, { maxLength: 3 }),
  preparedRows: text,
  uploadedAs: text,
  uploadedSha256: text,
  changes: texts,
  codeRevision: text,
});

documentSuite("the details of a version", {
  type: versionDocument,
  recorded: "versionDetails",
  samples: objects<VersionDetails>(["signature", "gate", "lineage"], {
    ...holdoutSamples,
    signature: signatures,
    lineage,
    learner: text,
    parameters: freeFields,
    seed: count,
    selectionMetric: text,
    checks: checkResults,
    gate: fc.record({ decision: fc.constantFrom("promoted" as const, "not judged" as const), reasons: texts }, plain),
    data,
    search: fc.record(
      {
        kind: text,
        trials: count,
        failedTrials: count,
        foldScores: fc.array(fc.option(real), { maxLength: 3 }),
        mean: computed,
        standardError: computed,
        fitSeconds: real,
      },
      plain,
    ),
    environment: named(text),
    trainingProfile: text,
    reference: text,
    documents: named(text),
    background: text,
  }),
  broken: [
    ["signature", (document) => delete document.signature],
    ["signature.features", (document) => Object.assign(document.signature, { features: {} })],
    ["gate.decision", (document) => Object.assign(document.gate, { decision: "maybe" })],
    ["lineage.codeRevision", (document) => delete document.lineage.codeRevision],
    ["documents.runs/x.json", (document) => Object.assign(document, { documents: { "runs/x.json": 1 } })],
    ["differences.0.low", (document) => Object.assign(document, { differences: [{ ...interval, low: "0" }] })],
    ["data", (document) => Object.assign(document, { data: [] })],
  ],
});

const interval = { against: "majority", difference: 1, low: 0, high: 1, confidence: 0.95 };

rowSuite("the row of a version", {
  table: "models",
  type: versionRows,
  recorded: "modelVersionRow",
  samples: objects<VersionRow>(["version", "sha256", "sizeBytes", "createdAt", "details"], {
    version,
    sha256: text,
    sizeBytes: count,
    createdAt: text,
    details: text,
    detailsSha256: text,
    notShownBetter: text,
  }),
  upgraded: ({ partitionKey: _partition, rowKey: _row, etag: _etag, source: _source, ...columns }) => columns,
  broken: [
    ["details", (row) => delete row.details],
    ["version", (row) => Object.assign(row, { version: 0 })],
    ["sizeBytes", (row) => Object.assign(row, { sizeBytes: "many" })],
  ],
});

rowSuite("the row of an alias", {
  table: "models",
  type: aliasRows,
  recorded: "aliasRow",
  samples: objects<AliasState>(["version", "etag", "movedAt", "operation"], {
    version,
    etag: fc.constant("x"),
    movedAt: text,
    operation: text,
    pin: objects<AliasPin>(["by", "since", "reason"], { by: text, since: text, reason: text, until: text }),
    pause: fc.record({ by: text, since: text, reason: text }),
  }),
  columns: ({ pin, pause, ...state }) => ({
    ...state,
    ...(pause && { pausedBy: pause.by, pausedSince: pause.since, pauseReason: pause.reason }),
    ...(pin && { pinnedBy: pin.by, pinnedSince: pin.since, pinReason: pin.reason, pinnedUntil: pin.until }),
  }),
  upgraded: ({ version: at, etag, movedAt, operation, pinnedBy: by, pinnedSince, pinReason, pinnedUntil: until }) => ({
    ...{ version: at, etag, movedAt, operation },
    ...(by && { pin: { by, since: pinnedSince, reason: pinReason, ...(until && { until }) } }),
  }),
  broken: [
    ["version", (row) => Object.assign(row, { version: "1" })],
    ["movedAt", (row) => delete row.movedAt],
    // it may not be taken for an alias that is free
    ["pin.by", (row) => Object.assign(row, { pinnedBy: undefined, pinnedSince: "t", pinReason: "r" })],
  ],
});
