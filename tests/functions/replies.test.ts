import { describe, expect, test } from "vitest";
import { datasetReply, rejectedReply } from "../../functions/datasetReply";
import { runReply } from "../../functions/runReply";
import { versionReply, versionSummaryReply } from "../../functions/versionReply";
import { datasetRows, rejectedRows } from "../../shared/data/datasetDocuments";
import { parseDocument, readRow } from "../../shared/documents";
import { versionDocument } from "../../shared/registry/versionDocument";
import { versionRows } from "../../shared/registry/versionRow";
import { runRows } from "../../shared/training/runSchemas";
import form0 from "../fixtures/storedDocuments/form0.json";

/** What storage may come to keep, and no reply tells by itself. */
const later = { laterField: "kept for the product's own use" };
const details = form0.versionDetails.map((stored) =>
  parseDocument(versionDocument, Buffer.from(JSON.stringify(stored)), "models/a.json"),
);
const [versionRow] = form0.modelVersionRow.map((row) => readRow(versionRows, "models", row));
const runs = form0.runRow.map((row) => readRow(runRows, "runs", row));
const datasets = form0.datasetRow.map((row) => ({
  ...readRow(datasetRows, "datasets", row),
  usecase: "pumps",
  status: "accepted" as const,
}));
const rejected = form0.rejectedRow.map((row) => ({
  ...readRow(rejectedRows, "datasets", row),
  usecase: "pumps",
  status: "rejected" as const,
}));
const summary = { ...versionRow, model: "pumps", notShownBetter: ["majority"] };
const { details: _blob, detailsSha256: _hash, ...told } = summary;

describe("a reply", () => {
  test.each([
    ["of a run", runs, runReply],
    ["of a dataset version", datasets, datasetReply],
    ["of a rejected dataset", rejected, rejectedReply],
    ["of a version", details.map((one) => ({ ...one, ...told })), versionReply],
  ] as [string, object[], (record: never) => object][])(
    "%s shows everything that it showed before, and no new stored field",
    (_what, records, reply) => {
      for (const record of records) expect({ ...reply({ ...record, ...later } as never) }).toEqual(record);
    },
  );

  test("of a version in a list does not show where its details are stored", () => {
    expect(versionSummaryReply({ ...summary, ...later } as never)).toEqual(told);
  });
});
