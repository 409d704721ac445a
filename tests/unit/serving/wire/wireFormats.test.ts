import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AppError, isAppError } from "../../../../shared/errors";
import { type DecodedRows, decodeRows } from "../../../../shared/serving/decodeRows";
import { capturedRows, wireFormat, wireFormatNames } from "../../../../shared/serving/wire/registry";
import type { WireBody } from "../../../../shared/serving/wire/wireFormat";
import { mixedRows, mixedSignature, tensorsOf } from "../mixedSignature";
import { samples } from "./samples";

const signature = mixedSignature;
const classes = signature.classes as string[];

describe("the registry of wire formats", () => {
  it("has exactly the formats that the samples here cover", () => {
    expect(Object.keys(samples)).toEqual(wireFormatNames);
  });

  it("fails for an unknown name", () => {
    expect(() => wireFormat("telex")).toThrow('no wire format is called "telex"; known are plain');
    expect(capturedRows("telex", { data: [[1]] }, signature)).toBeUndefined();
  });
});

describe.each(wireFormatNames)("the wire format %s", (name) => {
  const format = wireFormat(name);
  const sample = samples[name];
  const decode = (body: WireBody) => format.decode(body, {}, signature);

  function failureOf(work: () => unknown): AppError {
    try {
      work();
    } catch (error) {
      if (isAppError(error)) return error;
      throw error; // a bug, and not the caller's fault
    }
    throw new Error("nothing was thrown");
  }

  it("has a name that fits a captured line, and content types that fit a header", () => {
    expect(format.name).toMatch(/^[a-z][a-z0-9-]{0,30}$/);
    for (const type of format.contentTypes) expect(type).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/);
  });

  it("decodes rows into the right tensors, however they are written, as text and as bytes", () => {
    fc.assert(
      fc.property(mixedRows, (rows) => {
        const meant = { rowCount: rows.length, tensors: tensorsOf(rows) };
        for (const body of sample.bodies(rows)) {
          const read = decode(body);
          expect({ rowCount: read.rowCount, tensors: read.tensors, warnings: read.warnings }).toEqual(meant);
          expect(decode(Buffer.from(body))).toEqual(read);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("captures a request so that exactly the decoded rows are found again", () => {
    fc.assert(
      fc.property(mixedRows, (rows) => {
        for (const body of sample.bodies(rows)) {
          const text = format.captured(body, {});
          const found = capturedRows(name, JSON.parse(text), signature);
          expect(decodeRows({ data: found }, signature)).toEqual(decode(body));
          expect(format.captured(Buffer.from(body), {})).toBe(text);
        }
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it.runIf(sample.withContext)("captures columns beside the features, which the model does not see", () => {
    fc.assert(
      fc.property(mixedRows, fc.infiniteStream(fc.string()), (rows, texts) => {
        const cells = rows.map(() => texts.next().value as string);
        const body = sample.withContext?.(rows, cells) ?? "";
        const read = format.decode(body, {}, signature, ["at", "toString"]);
        expect(read).toEqual({ rowCount: rows.length, tensors: tensorsOf(rows) });
        const captured = JSON.parse(format.captured(body, {}));
        const none = rows.map(() => undefined);
        expect(format.contextOf(captured, ["station", "at"])).toEqual([none, cells]);
        expect(decodeRows({ data: capturedRows(name, captured, signature) }, signature)).toEqual(read);
      }),
      { numRuns: 30, seed: 6 },
    );
  });

  it("finds rows of the model's width, or none, in any captured value", () => {
    const nearly = fc.record({ data: fc.jsonValue(), rows: fc.jsonValue() }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly, fc.constant(undefined)), (captured) => {
        const rows = capturedRows(name, captured, signature);
        if (rows === undefined) return;
        expect(rows.length).toBeGreaterThan(0);
        for (const row of rows) expect(row).toHaveLength(signature.features.length);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it.each(sample.malformed)("refuses %s, saying where and why, without the caller's data", (_name, body, path) => {
    const failure = failureOf(() => decode(body));
    expect(failure.code).toBe("invalid_input");
    expect(failure.details[0]).toEqual({ path, message: expect.stringMatching(/\w/) });
    expect(failure.message + JSON.stringify(failure.details)).not.toContain("secret");
  });

  it("refuses anything else as the caller's fault, never as a bug", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc.json().map((json) => `{"data":[${json}]}`),
    );
    fc.assert(
      fc.property(texts, fc.uint8Array(), (text, bytes) => {
        expect(failureOf(() => decode(text)).code).toBe("invalid_input");
        expect(failureOf(() => decode(bytes)).code).toBe("invalid_input");
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it("accepts a hundred thousand rows, and refuses more without parsing them", () => {
    const isRefused = (body: WireBody) => failureOf(() => format.refuseTooLarge(body)).code;
    expect(() => format.refuseTooLarge(sample.ofRows(100_000))).not.toThrow();
    expect(isRefused(sample.ofRows(100_001))).toBe("too_large");
    expect(isRefused(Buffer.from(sample.ofRows(100_001)))).toBe("too_large");
    expect(isRefused(`${sample.ofRows(100_001)} and no JSON`)).toBe("too_large");
  });

  it.runIf(sample.withUnknownFields)("ignores unknown fields, and warns about them by name only", () => {
    const rows = fc.sample(mixedRows, { numRuns: 1, seed: 5 })[0];
    const { warnings, ...read } = decode(sample.withUnknownFields?.(rows) ?? "");
    expect(read).toEqual({ rowCount: rows.length, tensors: tensorsOf(rows) });
    expect(warnings?.counts).toEqual({ unknown_field: rows.length + 1 });
    expect(JSON.stringify(warnings)).not.toContain("secret");
  });

  const answered = (rowCount: number) => {
    const decoded: DecodedRows = { rowCount, tensors: {} };
    const request = { format: name, body: "", model: "fruit", version: 3, requestId: "a-b" };
    return { request, decoded, signature };
  };
  const outputsOf = (labels: string[]) => ({
    rowCount: labels.length,
    outputs: {
      label: { datatype: "BYTES" as const, shape: [labels.length], data: labels },
      probabilities: {
        datatype: "FP32" as const,
        shape: [labels.length, classes.length],
        data: Float32Array.from(labels.flatMap((label) => classes.map((one) => (one === label ? 0.75 : 0.125)))),
      },
    },
  });
  const labelLists = fc.array(fc.array(fc.constantFrom(...classes), { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 3,
  });

  it("answers the rows in order, and logs the same columns as every other format", () => {
    fc.assert(
      fc.property(labelLists, (pieces) => {
        const labels = pieces.flat();
        const { body, log } = format.encode(pieces.map(outputsOf), answered(labels.length));
        expect(sample.labelsOf(body)).toEqual(labels);
        expect(JSON.parse(log)).toEqual({
          label: labels,
          probability: labels.map(() => 0.75),
          probabilities: labels.map((label) => classes.map((one) => (one === label ? 0.75 : 0.125))),
        });
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it("writes no reply if the outputs do not answer every row", () => {
    const short = { ...outputsOf(["dry"]), rowCount: 2 };
    expect(failureOf(() => format.encode([short], answered(2))).code).toBe("internal");
    const odd = outputsOf(["dry"]);
    odd.outputs.probabilities.data[1] = Number.NaN;
    expect(failureOf(() => format.encode([odd], answered(1))).code).toBe("internal");
  });

  it("reports a problem, whatever its text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (error) => {
        const { body } = format.problem({ error, code: "invalid_input", requestId: "a-b" });
        expect(sample.reasonOf(body)).toBe(error);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
