import { describe, expect, it } from "vitest";
import { attributionDrift } from "../../../../shared/monitoring/signals/attributionDrift";
import { ndcg } from "../../../../shared/monitoring/statistics/ndcg";
import { golden } from "../../evaluation/golden";
import { watchedWith } from "./watchedRows";

const features = ["a", "b", "c", "d"];
const rowsOf = (means: number[], rows: number) => ({
  method: "tree-shap",
  rows,
  means,
  errors: means.map((mean) => mean / Math.sqrt(rows)),
});
const evaluate = (training: number[], now: number[], rows = 100, given: object = {}) =>
  attributionDrift.evaluate(
    watchedWith(attributionDrift.settings.parse(given), {
      attributions: async () => ({ features, training: rowsOf(training, 100), now: rowsOf(now, rows) }),
    }),
  );

describe("attribution drift", () => {
  it("sees a first feature lose 63 % of its share though the ranking is the same", async () => {
    const found = await evaluate([0.7, 0.12, 0.1, 0.08], [0.26, 0.255, 0.25, 0.235]);
    const [ranking, first] = found.findings;
    expect(ranking).toMatchObject({ statistic: "NDCG", value: 1, verdict: "ok" });
    expect(first).toMatchObject({ subject: "a", statistic: "share change", verdict: "drift" });
    expect(first.value).toBeCloseTo(-0.44, 9);
    expect(found.sentence).toContain("A carries 26 % of the model's answers, 70 % at training");
  });

  it("sees another ranking though each share changed by less than counts", async () => {
    const given = { maxShareChange: 0.9 };
    const found = await evaluate([0.7, 0.2, 0.06, 0.04], [0.04, 0.06, 0.2, 0.7], 100, given);
    expect(found).toMatchObject({ verdict: "drift" });
    expect(found.findings.filter(({ verdict }) => verdict === "drift")).toMatchObject([{ statistic: "NDCG" }]);
  });

  it("takes no change for drift that the draw of few rows explains", async () => {
    const found = await evaluate([0.4, 0.3, 0.2, 0.1], [0.28, 0.36, 0.24, 0.12], 2, { minRows: 2 });
    expect(
      found.findings.filter(({ statistic, verdict }) => statistic === "share change" && verdict === "drift"),
    ).toEqual([]);
  });

  it("says what is missing where answers depend on nothing, or too few rows were explained", async () => {
    expect((await evaluate([1, 0, 0, 0], [0, 0, 0, 0])).reason).toBe("the answers do not depend on any input");
    expect((await evaluate([1, 0, 0, 0], [1, 0, 0, 0], 5)).reason).toContain("30 are needed (minRows)");
  });

  it("ranks as scikit-learn's ndcg_score does", () => {
    const { ndcg: cases } = golden<{ ndcg: { relevance: number[]; scores: number[]; ndcg: number }[] }>(
      "monitorStatistics",
    );
    for (const one of cases) expect(ndcg(one.relevance, one.scores)).toBeCloseTo(one.ndcg, 9);
    expect(ndcg([0, 0], [1, 2])).toBe(1);
  });
});
