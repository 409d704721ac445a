import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureContainer } from "../../../shared/capture/inferenceLog";
import { explainRequest } from "../../../shared/explain/explainRequest";
import { seededRandom } from "../../../shared/math/seededRandom";
import { telemetryMetrics } from "../../../shared/telemetryNames";
import { Loop } from "../../support/loop";

const spec = {
  name: "penguins",
  title: "Penguins by their measures and their island",
  columns: {
    island: { type: "category" },
    sex: { type: "category", values: ["male", "female", "unsure"], sentinels: ["."] },
    flipper: { type: "number", min: 100, max: 300 },
    bill: { type: "number", sentinels: [-1] },
    mass: { type: "number", min: 1000, nullable: false },
    species: { type: "category", values: ["Adelie", "Gentoo"] },
  },
  label: { column: "species", positive: "Gentoo" },
  features: ["island", "sex", "flipper", "bill", "mass"],
  split: { kind: "stratified" },
  candidates: [{ learner: "random-forest", grid: { trees: [20], minLeafRows: [5] } }],
  selection: { metric: "brier" },
};

const header = Object.keys(spec.columns).join(",");
const random = seededRandom(7);
const lines = Array.from({ length: 300 }, () => {
  const size = random();
  const flipper = 180 + 40 * size + 10 * random();
  const mass = Math.round(3200 + 2500 * size + 600 * random());
  const island = random() < 0.2 + 0.6 * size ? "Biscoe" : "Dream";
  const species = random() < size ? "Gentoo" : "Adelie";
  return `${island},${random() < 0.5 ? "male" : "female"},${flipper.toFixed(1)},${(38 + 9 * random()).toFixed(1)},${mass},${species}`;
});
const typical = { island: "Biscoe", sex: "male", flipper: 220, bill: 40, mass: 5000 };

interface Warning {
  path: string;
  code: string;
  message: string;
}

let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start(spec);
  await loop.drop("penguins", [header, ...lines].join("\n"));
  await loop.drain();
});
afterAll(() => loop?.stop());

async function score(...rows: object[]) {
  const { status, body } = await loop.score("penguins", rows);
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at a few fields of an answer
  return { status, text: body, ...(JSON.parse(body) as any) };
}
const codesOf = (warnings: Warning[]) => warnings.map(({ path, code }) => `${path} ${code}`);

describe("values that are not valid", () => {
  const odd = { island: "Mars", sex: "Male", flipper: -5, bill: -1, mass: 5000 };

  it("count as missing, and the reply says which", async () => {
    const { status, predictions, warnings, text } = await score(odd, typical);
    expect(status).toBe(200);
    expect(codesOf(warnings)).toEqual([
      "rows[0].island unknown_category",
      "rows[0].sex unknown_category",
      "rows[0].flipper out_of_range",
      "rows[0].bill sentinel",
    ]);
    expect(text).not.toMatch(/Mars|Male|-5/);
    const missing = await score({ ...odd, island: null, sex: null, flipper: null, bill: null }, typical);
    expect(missing.predictions).toEqual(predictions);
    expect(missing).not.toHaveProperty("warnings");
    expect(missing.predictions[0].probability).not.toBe((await score(typical)).predictions[0].probability);
  });

  it("are values when only spaces make the difference, and unseen when no training row had them", async () => {
    const { predictions, warnings } = await score({ ...typical, island: " Biscoe ", sex: "unsure" }, typical);
    expect(codesOf(warnings)).toEqual(["rows[0].sex unseen_category"]);
    expect((await score({ ...typical, sex: null })).predictions[0]).toEqual(predictions[0]);
  });

  it("refuse a request where the column must have a value, as null does", async () => {
    const { status, code, details } = await score({ ...typical, mass: 12 });
    expect([status, code]).toEqual([400, "invalid_input"]);
    expect(details).toEqual([
      { path: "rows[0].mass", message: "it must not be missing: the value is below the minimum, 1000" },
    ]);
  });

  it("are reported with fields that the model does not have, twenty of them and how many more", async () => {
    const { warnings, moreWarnings } = await score(...Array.from({ length: 30 }, () => ({ ...typical, Flipper: 5 })));
    expect(warnings).toHaveLength(20);
    expect(warnings[0]).toMatchObject({ path: "rows[0].Flipper", code: "unknown_field" });
    expect(moreWarnings).toBe(10);
  });

  it("are counted in telemetry and in the inference log, where drift takes them as training does", async () => {
    const before = loop.telemetry.metrics.length;
    await score(odd, { ...typical, more: 1 });
    const counted = loop.telemetry.metrics
      .slice(before)
      .filter(({ name }) => name === telemetryMetrics.scoringWarnings)
      .map(({ value, attributes }) => [attributes?.code, value]);
    expect(Object.fromEntries(counted)).toEqual({
      unknown_category: 2,
      out_of_range: 1,
      sentinel: 1,
      unknown_field: 1,
    });
    await loop.app.capture?.flush();
    const captured: { data: { warnings?: object } }[] = [];
    for await (const { name } of loop.storage.blobs.list(captureContainer, "penguins/")) {
      const bytes = (await loop.storage.blobs.read(captureContainer, name)) as Uint8Array;
      captured.push(
        ...Buffer.from(bytes)
          .toString("utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line)),
      );
    }
    expect(captured.at(-1)?.data.warnings).toEqual(Object.fromEntries(counted));
  });

  it("are explained as missing ones, with the same warnings", async () => {
    const explain = async (rows: object[]) => {
      const body = JSON.stringify({ rows });
      // biome-ignore lint/suspicious/noExplicitAny: a test looks at a few fields of an answer
      return (await explainRequest(loop.app, { model: "penguins", body, requestId: "r" })) as any;
    };
    const { explanations, warnings, method } = await explain([odd]);
    expect(method).toBe("tree-shap");
    expect(warnings.map(({ code }: Warning) => code)).toContain("out_of_range");
    const missing = await explain([{ ...odd, island: null, sex: null, flipper: null, bill: null }]);
    expect(partsOf(explanations)).toEqual(partsOf(missing.explanations));
  });

  // biome-ignore lint/suspicious/noExplicitAny: as above
  const partsOf = ([{ prediction, baseValue, contributions }]: any[]) => ({
    prediction,
    baseValue,
    parts: Object.fromEntries(
      contributions.map(({ feature, contribution }: { feature: string; contribution: number }) => [
        feature,
        contribution,
      ]),
    ),
  });
});

describe("values that are not valid, where the use case refuses them", () => {
  it("refuse the request with each in its details, from the next start on, without a new version", async () => {
    loop.deploy({ ...spec, scoring: { invalid: "reject" } });
    const { status, code, details, text } = await score({ ...typical, flipper: -5, bill: -1, more: 1 }, typical);
    expect([status, code]).toEqual([400, "invalid_input"]);
    expect(details).toEqual([
      { path: "rows[0].flipper", message: "the value is below the minimum, 100; it counts as missing" },
      { path: "rows[0].bill", message: "the use case declares this value to mean missing" },
    ]);
    expect(text).not.toContain("-5");
    const unseen = await score({ ...typical, sex: "unsure", more: 1 });
    expect([unseen.status, codesOf(unseen.warnings)]).toEqual([
      200,
      ["rows[0].sex unseen_category", "rows[0].more unknown_field"],
    ]);
    await expect(
      explainRequest(loop.app, {
        model: "penguins",
        body: JSON.stringify({ rows: [{ ...typical, island: "Mars" }] }),
        requestId: "r",
      }),
    ).rejects.toMatchObject({ code: "invalid_input" });
  });
});
