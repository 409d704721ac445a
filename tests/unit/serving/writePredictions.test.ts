import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AppError } from "../../../shared/errors";
import type { ModelSignature } from "../../../shared/onnx/signature";
import type { TensorValue } from "../../../shared/ports";
import { writePredictions } from "../../../shared/serving/writePredictions";

const floats = (...values: number[]): TensorValue => ({
  datatype: "FP32",
  shape: [values.length],
  data: Float32Array.from(values),
});
const texts = (...data: string[]): TensorValue => ({ datatype: "BYTES", shape: [data.length], data });
const common = { inputs: [], outputs: [], features: [] };
const classifier: ModelSignature = {
  ...common,
  labelOutput: "label",
  probabilityOutput: "probabilities",
  classes: ["dry", "wet"],
};
const regressor: ModelSignature = { ...common, valueOutput: "value" };

const classify = (rowCount: number, label: TensorValue, probabilities: TensorValue) =>
  writePredictions([{ rowCount, outputs: { label, probabilities } }], classifier);
const estimate = (rowCount: number, value: TensorValue) =>
  writePredictions([{ rowCount, outputs: { value } }], regressor);

function faultOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    return error as AppError;
  }
  throw new Error("nothing was thrown");
}

describe("writing predictions", () => {
  it("writes an object for each row, and the same as columns for the log", () => {
    const { reply, log } = classify(2, texts("wet", "dry"), floats(0.25, 0.75, 1, 0));
    expect(reply).toBe(
      '[{"label":"wet","probability":0.75,"probabilities":{"dry":0.25,"wet":0.75}},{"label":"dry","probability":1,"probabilities":{"dry":1,"wet":0}}]',
    );
    expect(log).toBe('{"label":["wet","dry"],"probability":[0.75,1]}');
    expect(estimate(2, floats(23.4, -1e-20))).toEqual({
      reply: '[{"value":23.4},{"value":-1e-20}]',
      log: '{"value":[23.4,-1e-20]}',
    });
  });

  it("distinguishes probabilities that differ by one float32 step", () => {
    const one = 0.73105857;
    const bits = new Int32Array(Float32Array.of(one).buffer);
    bits[0]++;
    const [next] = new Float32Array(bits.buffer);
    const { reply } = classify(2, texts("wet", "wet"), floats(1 - one, one, 1 - next, next));
    const read = (JSON.parse(reply) as { probability: number }[]).map(({ probability }) => probability);
    expect(read[1]).toBeGreaterThan(read[0]);
    expect(read.map(Math.fround)).toEqual([Math.fround(one), next]);
  });

  it("writes 64-bit numbers in full", () => {
    const value: TensorValue = { datatype: "FP64", shape: [1], data: Float64Array.of(0.1 + 0.2) };
    expect(estimate(1, value).reply).toBe('[{"value":0.30000000000000004}]');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("fails if the model answers %d", (bad) => {
    expect(faultOf(() => classify(2, texts("wet", "dry"), floats(0.2, 0.8, bad, 0.5)))).toMatchObject({
      code: "internal",
      message: expect.stringContaining("answer to row 1 is not a finite number"),
    });
    expect(faultOf(() => estimate(3, floats(1, 2, bad)))).toMatchObject({
      code: "internal",
      message: expect.stringContaining("row 2"),
    });
  });

  it("names the row within the request if the model fails in a later piece", () => {
    const pieces = [
      { rowCount: 2, outputs: { value: floats(1, 2) } },
      { rowCount: 1, outputs: { value: floats(Number.NaN) } },
    ];
    expect(() => writePredictions(pieces, regressor)).toThrow("row 2");
  });

  it("fails if the number of predictions differs from the number of rows", () => {
    expect(() => estimate(3, floats(1, 2))).toThrow("the model answered 3 rows with 2 predictions");
    expect(() => classify(3, texts("wet", "dry"), floats(0, 1, 0, 1, 0, 1))).toThrow("3 rows with 2 predictions");
    expect(() => classify(3, texts("wet", "dry", "dry"), floats(0, 1, 0, 1))).toThrow("3 rows with 4 probabilities");
    expect(() => classify(1, texts("wet"), floats())).toThrow("1 rows with 0 probabilities");
  });
});

describe("the text of any predictions", () => {
  const names = ["dry", "wet", "“odd”\n\u2028", "__proto__"];
  /** Rows of probabilities that one run, or several, may have returned. */
  const answers = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      width: fc.constant(width),
      isNamed: fc.boolean(),
      rows: fc.array(
        fc.record({
          label: fc.constantFrom(...names.slice(0, width)),
          values: fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: width, maxLength: width }),
        }),
        { minLength: 1, maxLength: 12 },
      ),
      cut: fc.nat(),
    }),
  );
  type Answer = typeof answers extends fc.Arbitrary<infer T> ? T : never;
  /** the shortest text of a 32-bit float reads back to it as such */
  const floatsIn = (json: string) =>
    JSON.parse(json, (_key, value) => (typeof value === "number" ? Math.fround(value) : value));
  const pieceOf = (rows: Answer["rows"]) => ({
    rowCount: rows.length,
    outputs: {
      label: texts(...rows.map(({ label }) => label)),
      probabilities: floats(...rows.flatMap(({ values }) => values)),
    },
  });
  const signatureOf = ({ width, isNamed }: Answer): ModelSignature => ({
    ...classifier,
    classes: isNamed ? names.slice(0, width) : undefined,
  });

  it("reads back to the same labels and 32-bit floats, in the reply and in the log", () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const { width, isNamed, rows } = answer;
        const { reply, log } = writePredictions([pieceOf(rows)], signatureOf(answer));
        const own = ({ label, values }: Answer["rows"][number]) =>
          isNamed ? values[names.indexOf(label)] : Math.max(...values);
        const pairs = (values: number[]) => Object.fromEntries(values.map((value, code) => [names[code], value]));
        expect(floatsIn(reply)).toEqual(
          rows.map((row) =>
            JSON.parse(
              JSON.stringify({
                label: row.label,
                probability: own(row),
                ...(isNamed && { probabilities: pairs(row.values) }),
              }),
            ),
          ),
        );
        expect(floatsIn(log)).toEqual({
          label: rows.map(({ label }) => label),
          probability: rows.map(own),
          ...(width > 2 && { probabilities: rows.map(({ values }) => values) }),
        });
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("is the same however many pieces the model ran in", () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const at = 1 + (answer.cut % answer.rows.length);
        const pieces = [answer.rows.slice(0, at), answer.rows.slice(at)].filter(({ length }) => length > 0);
        const signature = signatureOf(answer);
        expect(writePredictions(pieces.map(pieceOf), signature)).toEqual(
          writePredictions([pieceOf(answer.rows)], signature),
        );
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it("writes integers as labels, and null as the probability of a label outside the classes", () => {
    const label: TensorValue = { datatype: "INT64", shape: [1], data: BigInt64Array.of(7n) };
    expect(classify(1, label, floats(0.25, 0.75)).reply).toBe(
      '[{"label":"7","probability":null,"probabilities":{"dry":0.25,"wet":0.75}}]',
    );
    const labelsOnly: ModelSignature = { ...common, labelOutput: "label" };
    expect(writePredictions([{ rowCount: 1, outputs: { label } }], labelsOnly)).toEqual({
      reply: '[{"label":"7"}]',
      log: '{"label":["7"]}',
    });
  });
});
