import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodePrepared } from "../../../shared/data/encodePrepared";
import { seededRandom } from "../../../shared/math/seededRandom";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";
import { evaluateHoldout } from "../../../shared/training/evaluateHoldout";
import { planTrials } from "../../../shared/training/planTrials";
import { proveGraph } from "../../../shared/training/proveGraph";
import { refitTrial } from "../../../shared/training/refitTrial";
import { declaredFeatures } from "../../../shared/usecase/declaredFeatures";
import { parseUsecase } from "../../../shared/usecase/parseUsecase";
import { plainRequest, predictionsOf } from "../../support/plainRequest";
import { csv, prepare } from "../data/inSession";

/** What every object has; a text may also be the one name that no field can have. */
const fieldNames = [...Object.getOwnPropertyNames(Object.prototype), "prototype", "length"].filter(
  (name) => name !== "__proto__",
);
const texts = [...fieldNames, "__proto__"];

interface Names {
  /** two numbers, a category, the label, time, entity, and a derived feature */
  columns: string[];
  levels: string[];
  /** raw values of the label: two of the first class, one of the second */
  raw: string[];
  classes: string[];
  /** without a mapping the raw values are the classes, and one of them may be __proto__ */
  isMapped: boolean;
}

const some = (from: string[], count: number) => fc.shuffledSubarray(from, { minLength: count, maxLength: count });
const mapped = fc.record({ raw: some(fieldNames, 3), classes: some(fieldNames, 2), isMapped: fc.constant(true) });
const unmapped = some(texts, 3).map((raw) => ({ raw, classes: raw, isMapped: false }));
const oddNames: fc.Arbitrary<Names> = fc
  .tuple(some(fieldNames, 7), some(texts, 3), fc.oneof(mapped, unmapped))
  .map(([columns, levels, label]) => ({ columns, levels, ...label }));

/** Plain names in the same order: what is sorted by name is sorted alike. */
function plainNames(names: Names): Names {
  const ranked = (list: string[], letter: string) => list.map((name) => `${letter}${[...list].sort().indexOf(name)}`);
  const { columns, levels, raw, classes, isMapped } = names;
  return {
    columns: ranked(columns, "c"),
    levels: ranked(levels, "l"),
    raw: ranked(raw, "r"),
    classes: isMapped ? ranked(classes, "k") : ranked(raw, "r"),
    isMapped,
  };
}

function costsOf(classes: string[]) {
  const row = (actual: string) => Object.fromEntries(classes.map((said) => [said, actual === said ? 0 : 3]));
  return Object.fromEntries(classes.map((actual) => [actual, row(actual)]));
}

function specOf({ columns, levels, raw, classes, isMapped }: Names) {
  const [first, second, category, label, time, entity, derived] = columns;
  const record = (entries: [string, unknown][]) => Object.fromEntries(entries);
  return {
    name: "odd",
    title: "Odd",
    columns: record([
      [first, { type: "number", min: 0, max: 1, sentinels: [0.5] }],
      [second, { type: "number" }],
      [category, { type: "category", values: levels }],
      [label, isMapped ? { type: "category" } : { type: "category", values: raw }],
      [time, { type: "timestamp" }],
      [entity, { type: "category" }],
    ]),
    time,
    entity,
    label: isMapped
      ? {
          column: label,
          mapping: record(raw.map((value, at) => [value, classes[at < 2 ? 0 : 1]])),
          positive: classes[1],
        }
      : { column: label },
    derived: record([[derived, { kind: "lag", column: second, hours: 1 }]]),
    features: [first, second, category, derived],
    split: { kind: "time", holdoutFrom: "2024-01-08T00:00:00Z", folds: 1 },
    candidates: [{ learner: "random-forest", grid: { trees: [10], minLeafRows: [5] } }],
    ...(isMapped && { classWeights: record([[classes[0], 2]]) }),
    selection: { metric: "brier" },
    evaluation: {
      slices: [category, first],
      minSliceRows: 1,
      ...(isMapped && { costs: { unit: "EUR", matrix: costsOf(classes) } }),
    },
    example: record([
      [first, 0.2],
      [second, 1],
      [category, levels[0]],
      [derived, null],
    ]),
  };
}

function fileOf({ columns, levels, raw }: Names): string {
  const random = seededRandom(3);
  const header = columns.slice(0, 6).join(",");
  const rows = Array.from({ length: 240 }, (_, hour) => {
    const size = random();
    const at = new Date(Date.UTC(2024, 0, 1) + hour * 3_600_000).toISOString();
    const state = random() < size ? raw[2] : raw[hour % 2];
    return [size.toFixed(4), (size + random()).toFixed(4), levels[hour % 3], state, at, "one"].join(",");
  });
  return csv(rows, header);
}

/** Everything from the spec to answered requests; the answers in the order of the classes. */
async function answersOf(names: Names) {
  const { levels, classes, columns } = names;
  const spec = parseUsecase(JSON.stringify(specOf(names)), "here");
  const prepared = await prepare([fileOf(names)], spec);
  const { seed, decisionThreshold, classWeights, baselines, gates, evaluation, time } = spec;
  const encoded = encodePrepared(prepared);
  const context = { prepared: encoded, seed, decisionThreshold, classWeights, metric: spec.selection.metric };
  const [trial] = planTrials(spec);
  const refit = refitTrial({ kind: "refit", ...context, trial, features: declaredFeatures(spec) });
  const { confidence } = gates;
  const judged = evaluateHoldout({
    kind: "evaluate",
    ...context,
    predictions: refit.holdoutPredictions,
    baselines,
    confidence,
    bootstrapSamples: 200,
    evaluation,
    time,
  });
  const runtime = createOnnxRuntime();
  const signature = await proveGraph(runtime, { spec } as Parameters<typeof proveGraph>[1], prepared, refit);
  const model = await runtime.load(refit.onnx);
  const row = (...cells: unknown[]) => Object.fromEntries(signature.features.map(({ name }, at) => [name, cells[at]]));
  const body = JSON.stringify({
    rows: [row(0.2, 1, levels[0], null), row(0.9, 1.5, levels[2], 0.3), row(7, null, "no such", 1)],
  });
  const reply = await model.predict(plainRequest(body), signature);
  await model.release();
  const answers = predictionsOf(reply) as { label: string; probabilities: Record<string, number> }[];
  return {
    labels: answers.map(({ label }) => classes.indexOf(label)),
    probabilities: answers.map(({ probabilities }) => classes.map((name) => probabilities[name])),
    warned: reply.warnings?.first.map(({ path }) => columns.indexOf(path.replace("rows[2].", ""))),
    brier: judged.metrics.brier,
    support: classes.map((name) => (judged.metrics.byClass as Record<string, { support: number }>)[name].support),
    costs: Object.values(judged.saving ?? {}).filter((value) => typeof value === "number"),
    slices: judged.slices?.map(({ rows }) => rows),
  };
}

describe("names that every object has", () => {
  it("train, judge and score exactly as plain ones do", async () => {
    await fc.assert(
      fc.asyncProperty(oddNames, async (names) => {
        expect(await answersOf(names)).toEqual(await answersOf(plainNames(names)));
      }),
      { numRuns: 16, seed: 8 },
    );
  });

  it("are not there unless the spec declares them", () => {
    const names = {
      columns: ["c0", "c1", "c2", "c3", "c4", "c5", "c6"],
      levels: ["l0"],
      raw: ["r0", "r1"],
      classes: ["a", "b"],
      isMapped: true,
    };
    const base = specOf({ ...names, raw: ["r0", "r0", "r1"] });
    const faultsOf = (spec: object) => {
      try {
        parseUsecase(JSON.stringify(spec), "here");
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    expect(faultsOf(base)).toBe("");
    const faulty = {
      ...base,
      time: "toString",
      features: ["c0", "constructor"],
      evaluation: { slices: ["valueOf"] },
      derived: { lagged: { kind: "lag", column: "hasOwnProperty", hours: 1 } },
      example: { c0: 1, constructor: 2 },
    };
    const message = faultsOf(faulty);
    for (const name of ["toString", "constructor", "valueOf", "hasOwnProperty"])
      expect(message).toContain(`"${name}" is not among the columns`);
  });

  it("may not be __proto__, which is reported with its path", () => {
    const spec = JSON.stringify(
      specOf(
        plainNames({
          columns: fieldNames.slice(0, 7),
          levels: ["a", "b", "c"],
          raw: ["d", "e", "f"],
          classes: ["g", "h"],
          isMapped: true,
        }),
      ),
    );
    expect(() => parseUsecase(spec.replaceAll('"c0"', '"__proto__"'), "here")).toThrow(
      'columns.__proto__: nothing can have the name "__proto__"; rename it',
    );
  });
});
