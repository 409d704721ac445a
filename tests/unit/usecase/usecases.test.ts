import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAppError } from "../../../shared/errors";
import { loadUsecases } from "../../../shared/usecase/loadUsecases";
import { parseUsecase } from "../../../shared/usecase/parseUsecase";
import { labelClasses, taskOf } from "../../../shared/usecase/specTask";
import { usecaseJsonSchema } from "../../../tools/data/usecaseJsonSchema";

const minimal = {
  name: "fruit",
  title: "Fruit",
  columns: {
    At: { type: "timestamp" },
    Weight: { type: "number" },
    Kind: { type: "category", values: ["apple", "pear"] },
  },
  label: { column: "Kind", positive: "pear" },
  features: ["Weight"],
  split: { kind: "stratified" },
  candidates: [{ learner: "random-forest" }],
  selection: { metric: "brier" },
};

const number = { label: { column: "Weight" }, features: ["Kind"], selection: { metric: "rmse" } };
const derivedOf = (derived: object, name = "x") => ({ derived: { [name]: derived } });
const range = (grid: object) => ({ candidates: [{ learner: "logistic-regression", grid: { l2: grid } }] });
const weight = (changes: object) => ({ columns: { ...minimal.columns, Weight: { type: "number", ...changes } } });

const costs = (changes: object) => ({ apple: { apple: 0, pear: 1 }, pear: { apple: 1, pear: 0 }, ...changes });

function faultsOf(changes: object): { path: string; message: string }[] {
  try {
    parseUsecase(JSON.stringify({ ...minimal, ...changes }), "somewhere/usecase.json");
  } catch (error) {
    if (!isAppError(error, "invalid_input")) throw error;
    expect(error.message).toContain("somewhere/usecase.json");
    return error.details;
  }
  return [];
}

describe("a use-case spec", () => {
  it("gets every default filled in", () => {
    expect(parseUsecase(JSON.stringify(minimal), "here")).toMatchObject({
      split: { holdoutFraction: 0.25, folds: 3 },
      baselines: ["majority"],
      decisionThreshold: 0.5,
      gates: { minHoldoutRows: 30, confidence: 0.95 },
      policies: { onNewData: "train" },
      columns: { Weight: { outOfRange: "reject", nullable: true, sentinels: [] } },
      seed: 1,
    });
  });

  it("predicts a number where the label is one", () => {
    const parsed = parseUsecase(JSON.stringify({ ...minimal, ...number }), "here");
    expect(taskOf(parsed)).toBe("regression");
    expect(parsed.baselines).toEqual(["mean"]);
  });

  it.each([
    ["split.kind", { split: { kind: "time", holdoutFrom: "2024-01-01T00:00:00Z" } }],
    ["split.kind", { time: "At", horizonHours: 2 }],
    ["split.holdoutFrom", { time: "At", split: { kind: "time", holdoutFrom: "last summer" } }],
    ["horizonHours", { horizonHours: 2 }],
    ["time", { time: "Weight" }],
    ["entity", { entity: "Nobody" }],
    ["features.0", { features: ["Kind"] }],
    ["features.1", { features: ["Weight", "Weight"] }],
    ["features.0", { features: ["Height"] }],
    ["label.column", { label: { column: "At" } }],
    ["label.mapping", { ...number, label: { column: "Weight", mapping: { "1": "a" } } }],
    ["label.positive", { ...number, label: { column: "Weight", positive: "pear" } }],
    ["selection.metric", { ...number, selection: { metric: "brier" } }],
    ["baselines", { ...number, baselines: ["majority"] }],
    ["classWeights", { ...number, classWeights: "balanced" }],
    ["classWeights.plum", { classWeights: { plum: 2 } }],
    ["derived.Weight", derivedOf({ kind: "cycle", column: "Weight", period: 10, function: "sin" }, "Weight")],
    ["derived.x", derivedOf({ kind: "lag", column: "Weight", hours: 1 })],
    ["derived.x.column", derivedOf({ kind: "lag", column: "Kind", hours: 1 })],
    ["derived.x.column", derivedOf({ kind: "count", column: "Nobody", hours: 1, values: ["a"] })],
    ["derived.x.column", derivedOf({ kind: "cycle", column: "Weight", period: "day", function: "sin" })],
    ["split.column", { split: { kind: "group", column: "Nobody" } }],
    ["candidates.0.grid.l2", range({ from: 1, to: 10 })],
    ["candidates.0.grid.l2", { ...range({ from: 10, to: 1 }), search: { kind: "random" } }],
    ["candidates.0.grid.l2", { ...range({ from: 0, to: 1, scale: "log" }), search: { kind: "random" } }],
    ["label.positive", { label: { column: "Kind" } }],
    ["label.positive", { label: { column: "Kind", positive: "plum" } }],
    ["label.mapping", { label: { column: "Kind", mapping: { apple: "a" }, positive: "a" } }],
    ["label.mapping.fig", { label: { column: "Kind", mapping: { apple: "a", pear: "b", fig: "b" }, positive: "a" } }],
    ["baselines", { baselines: ["majority", "persistence"] }],
    ["baselines", { baselines: [] }],
    ["columns.Weight.min", weight({ min: 2, max: 1 })],
    ["columns.Weight.maximum", weight({ maximum: 1 })],
    ["columns.Weight.outOfRange", weight({ outOfRange: "clip" })],
    ["candidates", { candidates: [] }],
    ["candidates.0.grid.trees", { candidates: [{ learner: "random-forest", grid: { trees: [] } }] }],
    ["selection.metric", { selection: { metric: "luck" } }],
    ["selection.metric", { selection: { metric: "rmse" } }],
    ["evaluation.slices.0", { evaluation: { slices: ["Height"] } }],
    ["evaluation.slices.0", { evaluation: { slices: ["Kind"] } }],
    ["evaluation.slices.0", { evaluation: { slices: ["At"] } }],
    ["evaluation.slices.1", { evaluation: { slices: ["Weight", "Weight"] } }],
    ["evaluation.costs.unit", { evaluation: { costs: { matrix: costs({}) } } }],
    ["evaluation.costs", { ...number, evaluation: { costs: { unit: "EUR", matrix: {} } } }],
    ["evaluation.costs.matrix.plum", { evaluation: { costs: { unit: "EUR", matrix: costs({ plum: { apple: 1 } }) } } }],
    [
      "evaluation.costs.matrix.pear.plum",
      { evaluation: { costs: { unit: "EUR", matrix: costs({ pear: { apple: 1, pear: 0, plum: 1 } }) } } },
    ],
    [
      "evaluation.costs.matrix.pear.pear",
      { evaluation: { costs: { unit: "EUR", matrix: costs({ pear: { apple: 1 } }) } } },
    ],
    ["name", { name: "Two Words" }],
    ["horizon", { horizon: 4 }],
    ["example", { sample: "a.csv" }],
    ["example.Height", { example: { Height: 1 } }],
  ])("names the path %s at fault", (where, changes) => {
    expect(faultsOf(changes).map(({ path: at }) => at)).toContain(where);
  });

  it("takes slices by a feature or by time, and a cost for every pair of classes", () => {
    const evaluation = { slices: ["Weight", "At"], costs: { unit: "EUR", matrix: costs({}) } };
    expect(faultsOf({ time: "At", evaluation })).toEqual([]);
  });

  it("lists all its faults at once", () => {
    expect(faultsOf({ name: "A", title: "", seed: -1 }).map(({ path: at }) => at)).toEqual(["name", "title", "seed"]);
  });

  it("lists what is wrong within fields and between them in one round, and nothing that only follows from another fault", () => {
    const { Weight, ...columns } = minimal.columns;
    const faults = faultsOf({
      colums: {},
      columns: {
        ...columns,
        Weight: { type: "nubmer" },
        Kind: { type: "category", values: ["apple", "pear", "pear"] },
      },
      features: ["Weight", "Height"],
      label: { column: "Kind", positive: "plum" },
      entity: "Nobody",
      selection: { metric: "rmse" },
      classWeights: { fig: 1 },
      seed: -1,
      example: { Weight: "heavy", Hight: 2 },
    });
    expect(faults.map(({ path: at }) => at).sort()).toEqual(
      [
        "colums",
        "columns.Weight.type",
        "columns.Kind.values.2",
        "features.1",
        "label.positive",
        "entity",
        "selection.metric",
        "classWeights.fig",
        "seed",
        "example.Hight",
        "example.Height",
      ].sort(),
    );
    expect(faults.find(({ path: at }) => at === "columns.Weight.type")?.message).toBe(
      'use one of "number", "category", "timestamp"',
    );
  });

  it.each<[string, object, string | undefined]>([
    ["a text for a number", { Weight: "heavy" }, "a number is needed"],
    ["a number out of range", { Weight: -1 }, "it must be at least 0"],
    ["null where the column is not nullable", { Weight: null }, "the column is not nullable: a value is needed"],
    ["no value", {}, "it is missing; write null where the value is unknown"],
    ["a value that fits", { Weight: 3 }, undefined],
  ])("looks at %s in the example row", (_what, example, message) => {
    const [fault] = faultsOf({ ...weight({ min: 0, nullable: false }), example });
    expect(fault?.message).toBe(message);
    if (message) expect(fault.path).toBe("example.Weight");
  });

  it("says at which line and column the text is not JSON", () => {
    expect(() => parseUsecase('{\n  "name": "fruit",\n}', "somewhere/usecase.json")).toThrow(
      "somewhere/usecase.json is not valid JSON, line 3, column 1: } follows a comma: remove the comma",
    );
  });

  it("orders classes by name, the positive one of two last", () => {
    const { columns } = parseUsecase(JSON.stringify(minimal), "here");
    expect(labelClasses({ columns, label: { column: "Kind", positive: "pear" } })).toEqual(["apple", "pear"]);
    expect(labelClasses({ columns, label: { column: "Kind", positive: "apple" } })).toEqual(["pear", "apple"]);
  });
});

describe("the folder of use cases", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "tidegate-usecases-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const add = async (name: string, spec: unknown) => {
    await mkdir(path.join(folder, name), { recursive: true });
    await writeFile(path.join(folder, name, "usecase.json"), typeof spec === "string" ? spec : JSON.stringify(spec));
  };

  it("holds use cases by their name, which is their folder's; other folders and files are ignored", async () => {
    await add("fruit", minimal);
    await mkdir(path.join(folder, "notes"));
    await writeFile(path.join(folder, "usecase.schema.json"), "{}");
    const usecases = loadUsecases(folder);
    expect([...usecases.keys()]).toEqual(["fruit"]);
    expect(usecases.get("fruit")).toMatchObject({ folder: path.join(folder, "fruit"), spec: { title: "Fruit" } });
  });

  it("gives a hash that only a change of meaning changes", async () => {
    const hash = async (spec: unknown) => {
      await add("fruit", spec);
      return loadUsecases(folder).get("fruit")?.hash;
    };
    const first = await hash(minimal);
    // that of the first release with this hash; another would train every use case again
    expect(first).toBe("cfb8141341c3b6b97ef8a41c652f473a65e01cc8b90305b1b55eb3c665a3402b");
    expect(await hash(JSON.stringify(Object.fromEntries(Object.entries(minimal).reverse()), undefined, 4))).toBe(first);
    expect(await hash({ ...minimal, seed: 1, baselines: ["majority"] })).toBe(first);
    const Weight = { ...minimal.columns.Weight, cyclic: 360 };
    expect(await hash({ ...minimal, columns: { ...minimal.columns, Weight } })).toBe(first);
    expect(await hash({ ...minimal, seed: 2 })).not.toBe(first);
  });

  it("stops at wrong specs with every file and each path at fault, among them a name that is not the folder's", async () => {
    await add("fruit", minimal);
    await add("two", { ...minimal, seed: 0.5 });
    await add("three", "{");
    const file = (name: string) => path.join(folder, name, "usecase.json");
    expect(() => loadUsecases(folder)).toThrow(
      [
        `${file("three")} is not valid JSON, line 1, column 2: a name in double quotes is needed`,
        `${file("two")} is wrong:`,
        "  seed: a whole number is needed",
        '  name: "fruit" differs from the name of its folder, "two": rename one',
      ].join("\n"),
    );
  });

  it("must exist and hold at least one", () => {
    expect(() => loadUsecases(path.join(folder, "nowhere"))).toThrow(/does not exist/);
    expect(() => loadUsecases(folder)).toThrow(/no use case in/);
  });
});

describe("the use cases that ship", () => {
  it("have a JSON Schema for editors that is what the code says", () => {
    const written = readFileSync("models/usecase.schema.json", "utf8");
    const now = `${JSON.stringify(usecaseJsonSchema(), undefined, 2)}\n`;
    expect(written === now, "run: npm run build && node dist/tools/data/writeSchema.js").toBe(true);
    for (const { folder } of loadUsecases("models").values()) {
      const { $schema } = JSON.parse(readFileSync(path.join(folder, "usecase.json"), "utf8"));
      expect(path.resolve(folder, $schema)).toBe(path.resolve("models/usecase.schema.json"));
    }
  });

  it("have a generated sample that is what its generator writes", () => {
    const made = execFileSync(process.execPath, ["models/coffee-grade/generate.mjs"]);
    expect(made.equals(readFileSync("models/coffee-grade/sample.csv"))).toBe(true);
  });

  it("have an example row that gives every feature where the first start scores one", () => {
    for (const { spec } of loadUsecases("models").values())
      if (spec.sample !== undefined) expect(Object.keys(spec.example ?? {}).sort()).toEqual([...spec.features].sort());
  });
});
