import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDocument } from "../../../shared/documents";
import { trainingProfileDocument } from "../../../shared/monitoring/profileDocument";
import type { FeatureReference, Reference, TrainingProfile } from "../../../shared/monitoring/trainingProfile";
import { profiles } from "../../support/documentArbitraries";
import { computed, documentSuite, objects, real, text, texts } from "../../support/documentSuite";

const plain = { noNullPrototype: true };
const few = { maxLength: 3 };
const inflation = fc.array(fc.tuple(real, computed), few);
const fence = fc.tuple(real, real);

documentSuite("the profile of training rows", {
  type: trainingProfileDocument,
  recorded: "trainingProfile",
  samples: objects<TrainingProfile>(["bins", "profile"], {
    bins: fc.array(
      fc.oneof(
        fc.record(
          { name: text, type: fc.constant("number" as const), edges: fc.array(real, few), fences: fence },
          { requiredKeys: ["name", "type", "edges"], noNullPrototype: true },
        ),
        fc.record({ name: text, type: fc.constant("category" as const), levels: texts }, plain),
      ),
      few,
    ),
    profile: profiles,
    reference: objects<Reference>(["features"], {
      span: fc.record({ from: text, to: text }, plain),
      features: fc.array(
        objects<FeatureReference>([], {
          shape: fc.record(
            { mean: computed, deviation: computed, skewness: computed, least: computed, most: computed },
            plain,
          ),
          inflation,
          missingInflation: inflation,
        }),
        few,
      ),
    }),
  }),
  broken: [
    ["bins", (document) => delete document.bins],
    [
      "bins.0.edges.1",
      (document) => Object.assign(document, { bins: [{ name: "a", type: "number", edges: [1, "2"] }] }),
    ],
    ["profile.rows", (document) => delete document.profile.rows],
  ],
});

test("a profile from before neighbours were counted has those of no values", () => {
  const first = { count: 2, missing: 0, levels: [2], unseen: 0 };
  const stored = { bins: [{ name: "a", type: "category", levels: ["x"] }], profile: { rows: 2, features: [first] } };
  const read = parseDocument(
    trainingProfileDocument,
    Buffer.from(JSON.stringify(stored)),
    "runs/a/training-profile.json",
  );
  expect(read.profile.features).toEqual([{ ...first, neighbours: { first: 0, last: 0, apart: 0 } }]);
});
