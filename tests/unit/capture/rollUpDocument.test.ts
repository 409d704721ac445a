import fc from "fast-check";
import { expect, test } from "vitest";
import { type RollUp, rollUpDocument } from "../../../shared/capture/rollUpDocument";
import { parseDocument } from "../../../shared/documents";
import { profiles } from "../../support/documentArbitraries";
import { count, documentSuite, objects, text } from "../../support/documentSuite";

documentSuite("what is kept of a capture blob", {
  type: rollUpDocument,
  recorded: "rollUp",
  samples: objects<RollUp>(["binsHash", "bytesRead", "unreadableLines", "profile"], {
    binsHash: text,
    bytesRead: count,
    unreadableLines: count,
    omittedRows: count,
    numbers: fc.record({ first: count, last: count, count }, { noNullPrototype: true }),
    profile: profiles,
  }),
  broken: [
    ["bytesRead", (document) => Object.assign(document, { bytesRead: -1 })],
    ["profile.rows", (document) => delete document.profile.rows],
  ],
});

test("what was kept before neighbours were counted is read, so that it is rolled up anew", () => {
  const feature = { count: 1, missing: 0, levels: [1], unseen: 0 };
  const stored = { binsHash: "old", bytesRead: 9, unreadableLines: 0, profile: { rows: 1, features: [feature] } };
  const read = parseDocument(rollUpDocument, Buffer.from(JSON.stringify(stored)), "profiles/a.json");
  expect(read).toMatchObject(stored);
});
