import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildModelCard } from "../../../shared/card/buildModelCard";
import type { ModelCard } from "../../../shared/card/modelCard";
import { modelCardPage } from "../../../shared/card/modelCardPage";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
let loop: Loop;
let card: ModelCard;
let page: string;

beforeAll(async () => {
  loop = await Loop.start({
    ...shippedSpec(usecase),
    candidates: [{ learner: "random-forest", grid: { trees: [40], maxDepth: [6], minLeafRows: [5, 20] } }],
    evaluation: {
      slices: ["Process", "Altitude_m"],
      costs: {
        unit: "EUR",
        matrix: {
          commodity: { commodity: 0, premium: 3, specialty: 9 },
          premium: { commodity: 2, premium: 0, specialty: 4 },
          specialty: { commodity: 5, premium: 2, specialty: 0 },
        },
      },
    },
    card: {
      intendedUse: "Sorts lots <before> tasting",
      limits: ["Washed & honey lots of one farm"],
      owners: ["Cupping team"],
    },
  });
  await loop.drop(usecase, readFileSync(`models/${usecase}/sample.csv`));
  await loop.drain();
  card = await buildModelCard(loop.app, usecase, "champion");
  page = modelCardPage(card);
});
afterAll(() => loop?.stop());

/** What a reader sees, without markup. */
const textOf = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");

/** Tags that are closed in the wrong order or not at all. */
function unclosedTags(html: string): string[] {
  const open: string[] = [];
  for (const [, closing, name, selfClosing] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (name === "meta" || name === "link" || selfClosing) continue;
    if (!closing) open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}

describe("the model card of a version", () => {
  it("has what was registered, what people declared, and what drives the model", () => {
    expect(card).toMatchObject({
      model: usecase,
      version: 1,
      aliases: ["champion"],
      intendedUse: "Sorts lots <before> tasting",
      owners: ["Cupping team"],
      predicts: { label: "Grade", classes: ["commodity", "premium", "specialty"] },
      importance: { metric: "logLoss" },
    });
    const { data, search, environment, lineage } = card.facts;
    expect(data?.train.rows).toBeGreaterThan(800);
    expect(Object.values(data?.holdout.classes ?? {}).reduce((sum, rows) => sum + rows, 0)).toBe(data?.holdout.rows);
    expect(search).toMatchObject({ kind: "grid", trials: 2, failedTrials: 0 });
    expect(environment).toMatchObject({ node: process.versions.node });
    expect(lineage).toMatchObject({ runId: `${usecase}.data-v1`, datasetVersions: [1] });
  });

  it("is a well-formed page with figures and charts that loads nothing", () => {
    const { metrics, baselines } = card.facts;
    const text = textOf(page);
    expect(text).toContain("The intervals come from a bootstrap, which draws 300 rows with replacement.");
    for (const figure of [metrics?.logLoss, metrics?.brier, baselines?.majority.logLoss])
      expect(text).toContain(String(Number(Number(figure).toPrecision(4))));
    for (const title of [
      "How good it is",
      "What it decides",
      "Curves and calibration",
      "What its decisions cost",
      "Data and split",
    ])
      expect(page).toContain(`<h2>${title}</h2>`);
    const charts = page.match(/<svg /g) ?? [];
    expect(charts.length).toBeGreaterThanOrEqual(3 * 4 + 1 + 1 + 1 + 1);
    expect(page).toContain("Sorts lots &lt;before&gt; tasting");
    const loading = page.replace(/<a href="[^"]*">/g, "").match(/(src|href)=[^>]*|@import|url\(/g);
    expect(loading).toEqual(['href="data:,"']); // the empty icon
    expect(unclosedTags(page)).toEqual([]);
  });

  it("is marked if the version is not shown better than a baseline", () => {
    const facts = { ...card.facts, notShownBetter: ["majority"] };
    const words = "not shown better than the majority baseline";
    expect(textOf(modelCardPage({ ...card, facts }))).toContain(words);
    expect(textOf(page)).not.toContain(words);
  });

  it("says why a section is missing", () => {
    const without = modelCardPage({
      ...card,
      importance: undefined,
      facts: { ...card.facts, saving: undefined, slices: undefined },
      absent: {
        saving: "the use case has no evaluation.costs",
        slices: "the use case names no evaluation.slices",
        importance: "no rows",
      },
    });
    expect(textOf(without)).toContain("Not here: the use case has no evaluation.costs.");
    expect(textOf(without)).toContain("Not here: no rows.");
  });
});
