import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type DatasetRow,
  datasetRows,
  profileDocument,
  type RejectedRow,
  rejectedRows,
} from "../../../shared/data/datasetDocuments";
import type { ColumnProfile } from "../../../shared/data/profileDataset";
import type { RejectionReason } from "../../../shared/data/rejectionReason";
import { parseDocument } from "../../../shared/documents";
import { count, documentSuite, freeFields, objects, rowSuite, text, texts, version } from "../../support/documentSuite";

rowSuite("the row of a dataset version", {
  table: "datasets",
  type: datasetRows,
  recorded: "datasetRow",
  samples: objects<DatasetRow>(
    ["version", "sha256", "file", "sizeBytes", "rowCount", "labelledRows", "notes", "createdAt", "blob", "profile"],
    {
      version,
      sha256: text,
      file: text,
      sizeBytes: count,
      rowCount: count,
      labelledRows: count,
      notes: texts,
      createdAt: text,
      blob: text,
      profile: text,
      profileSha256: text,
      from: text,
      to: text,
      droppedAt: text,
      withdrawn: fc.record({ at: text, by: text, reason: text }),
    },
  ),
  columns: ({ notes, withdrawn, ...plain }) => ({
    ...plain,
    notes: JSON.stringify(notes),
    ...(withdrawn && { withdrawnAt: withdrawn.at, withdrawnBy: withdrawn.by, withdrawReason: withdrawn.reason }),
  }),
  upgraded: ({ partitionKey: _partition, rowKey: _row, etag: _etag, notes, withdrawnAt: at, ...plain }) => {
    const { withdrawnBy: by, withdrawReason: reason, ...columns } = plain;
    return { ...columns, notes: JSON.parse(notes), ...(at && { withdrawn: { at, by, reason } }) };
  },
  broken: [
    ["rowCount", (row) => Object.assign(row, { rowCount: "12" })],
    ["notes", (row) => Object.assign(row, { notes: '["a"' })],
    ["notes.0", (row) => Object.assign(row, { notes: "[1]" })],
    ["blob", (row) => delete row.blob],
    // it may not be taken for a version in use
    ["withdrawn.at", (row) => Object.assign(row, { withdrawnAt: undefined, withdrawnBy: "Ada", withdrawReason: "x" })],
  ],
});

rowSuite("the row of a rejected dataset", {
  table: "datasets",
  type: rejectedRows,
  recorded: "rejectedRow",
  samples: objects<RejectedRow>(["sha256", "file", "sizeBytes", "reasons", "reasonCount", "rejectedAt", "blob"], {
    sha256: text,
    file: text,
    sizeBytes: count,
    reasons: fc.array(objects<RejectionReason>(["message"], { row: count, column: text, message: text }), {
      maxLength: 3,
    }),
    reasonCount: count,
    rejectedAt: text,
    blob: text,
  }),
  columns: ({ reasons, ...plain }) => ({ ...plain, reasons: JSON.stringify(reasons) }),
  upgraded: ({ sha256, file, sizeBytes, reasons, reasonCount, rejectedAt, blob }) => ({
    ...{ sha256, file, sizeBytes, reasonCount, rejectedAt, blob },
    reasons: JSON.parse(reasons),
  }),
  broken: [
    ["reasons.0.message", (row) => Object.assign(row, { reasons: "[{}]" })],
    ["rejectedAt", (row) => delete row.rejectedAt],
  ],
});

const column: fc.Arbitrary<ColumnProfile> = fc
  .record({ fields: freeFields, type: text, count, missing: count })
  .map(({ fields, ...known }) => ({ ...fields, ...known }));

documentSuite("the profile of a dataset's columns", {
  type: profileDocument,
  recorded: "columnProfile",
  samples: fc.record({
    columns: fc.dictionary(fc.constantFrom("form", "toString", "temperature"), column, { noNullPrototype: true }),
  }),
  upgraded: (columns) => ({ columns }),
  broken: [
    ["columns", (document) => delete document.columns],
    ["columns.a.count", (document) => Object.assign(document.columns, { a: { type: "number", missing: 1 } })],
  ],
});

test("a column called form is not taken for the form of the profile", () => {
  const columns = { form: { type: "number", count: 2, missing: 0 } };
  expect(parseDocument(profileDocument, Buffer.from(JSON.stringify(columns)), "datasets/a.json")).toEqual({ columns });
});
