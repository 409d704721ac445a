import { describe, expect, it } from "vitest";
import { modelCard } from "../../../shared/card/modelCard";
import { modelCardPage } from "../../../shared/card/modelCardPage";
import type { ModelSignature } from "../../../shared/onnx/signature";
import type { ModelVersion } from "../../../shared/registry/modelVersion";

const output = (name: string) => ({ name, datatype: "FP32" as const, shape: [-1, 2] });

function cardOf(signature: Partial<ModelSignature>, facts: Partial<ModelVersion> = {}) {
  const version: ModelVersion = {
    model: "bought",
    version: 2,
    sha256: "ab",
    sizeBytes: 10,
    createdAt: "2026-01-02T03:04:00.000Z",
    signature: { inputs: [], outputs: [output("probabilities")], features: [], ...signature },
    lineage: { source: "upload", uploadedAs: "m.onnx", codeRevision: "abc" },
    gate: { decision: "not judged", reasons: ["trained elsewhere"] },
    ...facts,
  };
  return modelCard({ facts: version, aliases: [], versions: [1, 2, 5], explanation: "no sample rows" });
}

/** What a reader sees, without markup. */
const textOf = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");

describe("the card of a model trained elsewhere", () => {
  it("says that a classifier predicts a class, whether it lists the names or not", () => {
    const named = cardOf({ labelOutput: "label", probabilityOutput: "probabilities", classes: ["ok", "bad"] });
    expect(textOf(modelCardPage(named))).toContain("Predicts the label: one of ok, bad.");
    const unnamed = cardOf({ labelOutput: "label", probabilityOutput: "probabilities" });
    expect(textOf(modelCardPage(unnamed))).toContain("Predicts the label: a class");
    expect(textOf(modelCardPage(cardOf({ valueOutput: "y" })))).toContain("Predicts the label: a number.");
  });

  it("does not pass the app's revision off as that of the code that trained it", () => {
    expect(textOf(modelCardPage(cardOf({ valueOutput: "y" })))).toContain("registered by app revision abc");
  });

  it("says that nobody declared limits or an owner, which does not mean that there are none", () => {
    const text = textOf(modelCardPage(cardOf({ valueOutput: "y" })));
    expect(text).toContain("No owner is declared.");
    expect(text).toContain("Nobody has declared any limits");
    expect(text).not.toContain("None are known");
  });
});

describe("a model card", () => {
  it("lists among its limits alternatives that cost less than its decisions", () => {
    const other = { costPerRow: 2, saving: -1, low: -2, high: 0.5 };
    const saving = {
      unit: "EUR",
      confidence: 0.95,
      model: { costPerRow: 3, low: 2, high: 4 },
      against: [
        { name: "persistence", ...other },
        { name: "majority", ...other, saving: 1 },
      ],
    };
    expect(cardOf({ classes: ["a", "b"], labelOutput: "l" }, { saving }).limits).toContain(
      'On the hold-out set its decisions cost 1 EUR per row more than those of "persistence" (interval -0.5 to 2).',
    );
  });

  it.each([
    ["90 % interval", { mae: { value: 1, low: 0.5, high: 2, confidence: 0.9 } }],
    ["interval", {}],
  ])("heads its intervals with their confidence: %s", (head, intervals) => {
    const page = modelCardPage(cardOf({ valueOutput: "y" }, { metrics: { rows: 50, mae: 1 }, intervals }));
    expect(page).toContain(`>${head}</th>`);
    expect(textOf(page)).not.toContain("95 %");
  });

  it("links to the explanation, the neighbouring versions and the documents behind it", () => {
    const page = modelCardPage(cardOf({ valueOutput: "y" }), "key");
    const links = [...page.matchAll(/<a href="([^"]*)">([^<]*)</g)].map(([, href, text]) => `${text} -> ${href}`);
    expect(links).toEqual([
      "What it relies on -> explain?format=html&amp;code=key",
      "Earlier: version 1 -> ../1/card?format=html&amp;code=key",
      "Later: version 5 -> ../5/card?format=html&amp;code=key",
      "Everything as JSON -> ../2?code=key",
      "Audit trail -> ../../../../audit/bought?code=key",
    ]);
  });

  it("says of each metric what it is and which way is better, and marks the best", () => {
    const page = modelCardPage(
      cardOf(
        { valueOutput: "y" },
        { metrics: { rows: 50, mae: 1.23456789012, bias: -0.5 }, baselines: { mean: { mae: 2, bias: 0.25 } } },
      ),
    );
    expect(textOf(page)).toContain("MAE lower is better: mean absolute error, in the label&#39;s unit 1.235");
    expect(page).toMatch(/<td class="number best"[^>]*>1.235</);
    expect(page).toMatch(/<td class="number best"[^>]*>0.25</);
  });
});
