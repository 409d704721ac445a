import fc from "fast-check";
import type { Cell, ExplanationSample } from "../../../shared/explain/explanationSample";
import { globalDocument } from "../../../shared/explain/globalDocument";
import type { GlobalExplanation, SurrogateJson } from "../../../shared/explain/globalExplanation";
import { sampleDocument } from "../../../shared/explain/sampleDocument";
import { computed, count, documentSuite, objects, real, text, texts, version } from "../../support/documentSuite";

const plain = { noNullPrototype: true };
const few = { maxLength: 3 };
const cells: fc.Arbitrary<Cell[]> = fc.array(fc.oneof(real, text, fc.constant(null)), few);
const rows = fc.array(cells, few);

documentSuite("the sample of rows that explanations are made with", {
  type: sampleDocument,
  recorded: "explanationSample",
  samples: objects<ExplanationSample>(
    ["features", "classes", "decisionThreshold", "metric", "seed", "background", "holdout"],
    {
      features: texts,
      classes: texts,
      positiveIndex: count,
      decisionThreshold: real,
      metric: fc.constantFrom("brier" as const, "rmse" as const),
      seed: count,
      background: rows,
      holdout: fc.record({ rows, target: fc.array(real, few) }, plain),
    },
  ),
  broken: [
    ["background.0.1", (document) => Object.assign(document, { background: [[1, true]] })],
    ["holdout.target.0", (document) => Object.assign(document.holdout, { target: [null] })],
    ["metric", (document) => Object.assign(document, { metric: "luck" })],
  ],
});

const leaf = { rows: count, answers: fc.dictionary(text, computed, { maxKeys: 2, noNullPrototype: true }) };
const { tree } = fc.letrec<{ tree: SurrogateJson }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 2 },
    fc.record(leaf, plain),
    fc.record(
      {
        ...leaf,
        split: objects<NonNullable<SurrogateJson["split"]>>(["feature", "left", "right"], {
          feature: text,
          threshold: real,
          values: cells,
          missing: fc.constantFrom("left" as const, "right" as const),
          left: tie("tree"),
          right: tie("tree"),
        }),
      },
      plain,
    ),
  ),
}));

type Explanation = Omit<GlobalExplanation, "notShownBetter">;

documentSuite("the explanation of a version", {
  type: globalDocument,
  recorded: "globalExplanation",
  samples: objects<Explanation>(
    ["model", "version", "background", "kind", "answers", "shapley", "dependence", "surrogate"],
    {
      model: text,
      version,
      background: fc.record({ rows: count, source: text }, plain),
      kind: fc.constantFrom("probability" as const, "value" as const),
      answers: texts,
      importance: fc.record(
        {
          metric: fc.constant("brier" as const),
          value: computed,
          rows: count,
          repeats: count,
          features: fc.array(fc.record({ feature: text, importance: computed, deviation: computed }, plain), few),
        },
        plain,
      ),
      shapley: objects<Explanation["shapley"]>(["method", "explains", "rows", "answers"], {
        method: fc.constant("tree-shap" as const),
        fallback: text,
        explains: fc.record({ value: text, note: text }, plain),
        rows: count,
        answers: fc.array(
          fc.record(
            {
              answer: text,
              baseValue: computed,
              features: fc.array(fc.record({ feature: text, meanAbsolute: computed }, plain), few),
            },
            plain,
          ),
          few,
        ),
      }),
      dependence: fc.array(
        objects<Explanation["dependence"][number]>(["feature", "type", "grid", "rows", "answers"], {
          feature: text,
          type: fc.constantFrom("number" as const, "category" as const),
          unit: text,
          grid: cells,
          rows: count,
          answers: fc.array(
            fc.record(
              { answer: text, mean: fc.array(computed, few), some: fc.array(fc.array(computed, few), few) },
              plain,
            ),
            few,
          ),
        }),
        few,
      ),
      surrogate: fc.record(
        {
          fidelity: objects<Explanation["surrogate"]["fidelity"]>(["rows", "answers"], {
            rows: count,
            labelAgreement: computed,
            answers: fc.array(fc.record({ answer: text, r2: fc.option(real) }, plain), few),
          }),
          fittedRows: count,
          rules: texts,
          tree,
        },
        plain,
      ),
    },
  ),
  broken: [
    ["surrogate.tree.rows", (document) => delete document.surrogate.tree.rows],
    ["shapley.method", (document) => Object.assign(document.shapley, { method: "guess" })],
    ["dependence", (document) => delete document.dependence],
  ],
});
