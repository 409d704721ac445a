import fc from "fast-check";
import { type AuditRecord, auditRows } from "../../../shared/ledger/auditEntry";
import { headRows, holderRows } from "../../../shared/ledger/versionLedger";
import { freeFields, objects, rowSuite, text, version } from "../../support/documentSuite";

rowSuite("an audit row", {
  table: "models",
  type: auditRows,
  recorded: "auditRow",
  samples: objects<AuditRecord>(["operation", "action", "actor", "subject", "at"], {
    operation: text,
    action: text,
    actor: text,
    subject: text,
    reason: text,
    at: text,
    details: freeFields,
  }),
  columns: ({ details, ...plain }) => ({ ...plain, details: details && JSON.stringify(details) }),
  upgraded: ({ partitionKey: _partition, rowKey: _row, etag: _etag, details, ...plain }) => ({
    ...plain,
    ...(details && { details: JSON.parse(details) }),
  }),
  broken: [
    ["actor", (row) => delete row.actor],
    ["at", (row) => Object.assign(row, { at: 5 })],
    ["details", (row) => Object.assign(row, { details: "{" })],
    ["details", (row) => Object.assign(row, { details: "[1]" })],
  ],
});

rowSuite("the row of a partition's latest version", {
  table: "models",
  type: headRows,
  recorded: "headRow",
  samples: fc.record({ latest: version }),
  upgraded: ({ latest }) => ({ latest }),
  broken: [
    ["latest", (row) => delete row.latest],
    ["latest", (row) => Object.assign(row, { latest: "2" })],
  ],
});

rowSuite("the row of a hash", {
  table: "models",
  type: holderRows,
  recorded: "holderRow",
  samples: fc.record({ version }),
  upgraded: ({ version: held }) => ({ version: held }),
  broken: [["version", (row) => Object.assign(row, { version: 0 })]],
});
