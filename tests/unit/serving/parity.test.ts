import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { PreparedData } from "../../../shared/data/preparedData";
import { selectRows } from "../../../shared/featureTable";
import { guardGraph } from "../../../shared/learners/graph/guardGraph";
import { trainerFor } from "../../../shared/learners/registry";
import type { FittedModel } from "../../../shared/learners/trainer";
import type { ModelSignature } from "../../../shared/onnx/signature";
import { createOnnxRuntime } from "../../../shared/onnxruntime/runtime";
import type { ServingModel } from "../../../shared/serving/servingModel";
import { fitRows } from "../../../shared/training/fitRows";
import { holdoutTable, proveGraph } from "../../../shared/training/proveGraph";
import type { Trial } from "../../../shared/training/runRecord";
import { declaredFeatures } from "../../../shared/usecase/declaredFeatures";
import { plainRequest, predictionsOf } from "../../support/plainRequest";
import { prepare } from "../data/inSession";
import { type Case, oddCells, penguinCase, type Row, weatherCase } from "./parityCases";

interface Trained {
  model: FittedModel;
  runtime: ServingModel;
  signature: ModelSignature;
}

async function train({ spec }: Case, prepared: PreparedData, learner: string): Promise<Trained> {
  const parameters = learner === "random-forest" ? { minLeafRows: 2 } : {};
  const trial = { index: 0, learner, parameters: trainerFor(learner).parameters.parse(parameters) as object };
  const { seed, decisionThreshold } = spec;
  const model = fitRows(prepared, prepared.trainRows, trial as Trial, { seed, decisionThreshold });
  const onnx = guardGraph(model.toOnnx(), prepared.table, declaredFeatures(spec), prepared.task);
  const runtime = createOnnxRuntime();
  const refit = { onnx, holdoutPredictions: model.predict(holdoutTable(prepared)) };
  const usecase = { spec } as Parameters<typeof proveGraph>[1];
  return { model, signature: await proveGraph(runtime, usecase, prepared, refit), runtime: await runtime.load(onnx) };
}

const caseOf = { weather: weatherCase, penguins: penguinCase };
const rowCount = 1500;

describe.each(Object.keys(caseOf) as (keyof typeof caseOf)[])("a row of %s, in a file and in a request", (name) => {
  const one = caseOf[name]();
  let clean: PreparedData;
  let rows: Row[];
  let odd: PreparedData;
  let places: Int32Array;

  beforeAll(async () => {
    const { spec, lenient, ordinary } = one;
    const labelled = (file: string) => (name === "weather" ? withLabelColumn(file) : file);
    clean = await prepare([one.fileOf(fc.sample(ordinary, { numRuns: 400, seed: 3 })).content], spec);
    const cells = fc.record(oddCells(spec));
    const change = fc.tuple(ordinary, cells, fc.subarray(spec.features, { minLength: 1, maxLength: 3 }));
    rows = fc.sample(change, { numRuns: rowCount, seed: 4 }).map(([row, others, changed]) => ({
      ...row,
      ...Object.fromEntries(changed.map((feature) => [feature, others[feature]])),
    }));
    const { content, rowOf } = one.fileOf(rows);
    odd = await prepare([labelled(content)], lenient);
    const place = new Map(Array.from(odd.source.row, (row, at) => [row, at]));
    places = Int32Array.from(rows, (_, index) => place.get(rowOf(index)) ?? -1);
  });

  it("is among the prepared rows, each of them", () => {
    expect(rows).toHaveLength(rowCount);
    expect([...places].filter((at) => at < 0)).toEqual([]);
  });

  it.each(["random-forest", "gradient-boosting", "logistic-regression"])(
    "gets the same prediction, and a warning if the file's cell is not a value: %s",
    async (learner) => {
      const { model, runtime, signature } = await train(one, clean, learner);
      const expected = model.predict(selectRows(odd.table, places));
      const width = clean.classes.length;
      let warned = 0;
      for (const [index, row] of rows.entries()) {
        const answer = await runtime.predict(plainRequest(JSON.stringify({ rows: [row] })), signature);
        const { warnings } = answer;
        const [{ probabilities }] = predictionsOf(answer) as { probabilities: Record<string, number> }[];
        for (const [code, label] of clean.classes.entries())
          if (!(Math.abs(probabilities[label] - expected[index * width + code]) <= 1e-6))
            expect.fail(
              `${label} ${probabilities[label]}, in training ${expected[index * width + code]}: ${JSON.stringify(row)}`,
            );
        expect(pathsOf(warnings), JSON.stringify(row)).toEqual(oddFeatures(row, places[index]));
        if (warnings) warned++;
      }
      expect(warned).toBeGreaterThan(rowCount / 3);
      await runtime.release();
    },
    120_000,
  );

  it("gets the same prediction from the graph alone, as another runtime would run it", async () => {
    const { model, runtime, signature } = await train(one, clean, "random-forest");
    const bare = { ...signature, features: signature.features.map(({ domain: _domain, ...slot }) => slot) };
    const body = JSON.stringify({ rows: rows.map((row) => trimmed(row)) });
    const answer = await runtime.predict(plainRequest(body), bare);
    expect(answer.warnings).toBeUndefined();
    const expected = model.predict(selectRows(odd.table, places));
    const found = (predictionsOf(answer) as { probabilities: Record<string, number> }[]).flatMap(({ probabilities }) =>
      clean.classes.map((label) => probabilities[label]),
    );
    expect(found).toHaveLength(expected.length);
    expect(Math.max(...found.map((value, at) => Math.abs(value - expected[at])))).toBeLessThanOrEqual(1e-6);
    await runtime.release();
  });

  /** Features whose cell says something in the request that training reads as missing or does not know. */
  function oddFeatures(row: Row, at: number): string[] {
    const numbers = odd.table.numbers.filter(({ name, values }) => row[name] !== null && Number.isNaN(values[at]));
    const categories = odd.table.categories.filter((column) => {
      const cell = withoutSpaces(String(row[column.name] ?? ""));
      const known = clean.table.categories.find(({ name }) => name === column.name)?.levels ?? [];
      return cell !== "" && !known.includes(cell);
    });
    return [...numbers, ...categories].map(({ name }) => `rows[0].${name}`).sort();
  }
});

function trimmed(row: Row): Row {
  const cells = Object.entries(row).map(([name, cell]) => [
    name,
    typeof cell === "string" ? withoutSpaces(cell) : cell,
  ]);
  return Object.fromEntries(cells);
}

function withoutSpaces(text: string): string {
  return text.replace(/^\p{Zs}+|\p{Zs}+$/gu, "");
}

function pathsOf(warnings?: { first: { path: string }[] }): string[] {
  return (warnings?.first ?? []).map(({ path }) => path).sort();
}

/** The file with the state once more, as the label alone. */
function withLabelColumn(file: string): string {
  const [header, ...lines] = file.split("\n");
  const states = /,("?)(rain|snow|clear)\1$/;
  return [
    `${header},Label`,
    ...lines.map((line, at) => `${line},${at % 2 === 1 ? (states.exec(line)?.[2] ?? "") : ""}`),
  ].join("\n");
}
