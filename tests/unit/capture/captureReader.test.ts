import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CaptureEntry, captureLine } from "../../../shared/capture/captureLine";
import { CaptureReader } from "../../../shared/capture/captureReader";
import type { LineNumbers } from "../../../shared/capture/counting/writers";
import { trainingProfile } from "../../../shared/monitoring/trainingProfile";
import { readSignature } from "../../../shared/onnx/signature";
import { capturedBodies } from "../../../shared/serving/wire/registry";

const graph = {
  inputs: [
    { name: "numbers", datatype: "FP32" as const, shape: [-1, 2] },
    { name: "categories", datatype: "BYTES" as const, shape: [-1, 1] },
  ],
  outputs: [{ name: "label", datatype: "BYTES" as const, shape: [-1] }],
};
const features = [
  { name: "size", type: "number" as const, nullable: true, domain: { min: 0, max: 10, sentinels: [5] } },
  { name: "toString", type: "number" as const, nullable: true },
  { name: "colour", type: "category" as const, nullable: true, domain: { sentinels: ["?"], values: ["red"] } },
];
const training = trainingProfile({
  rowCount: 2,
  numbers: [
    { name: "size", values: Float32Array.of(1, 9) },
    { name: "toString", values: Float32Array.of(1, 2) },
  ],
  categories: [{ name: "colour", levels: ["red"], codes: Int32Array.of(0, 0) }],
});

function profileOf(given: typeof features, body: object) {
  const reader = newReader(undefined, readSignature(graph, given));
  const entry = {
    id: "a",
    model: "m",
    version: 1,
    status: 200,
    latencyMs: 1,
    rows: 1,
    route: "champion",
    format: "plain",
  };
  const stamp = { model: "m", time: new Date(0), instance: "here", sequence: 1 };
  reader.add(captureLine({ ...entry, inputs: JSON.stringify(body), warnings: { sentinel: 1 } }, stamp, 1e6));
  const { inputs, unreadableRequests } = reader.counted("v1/here");
  expect(unreadableRequests).toBe(0);
  return inputs;
}

describe("counting captured rows", () => {
  const rows = [
    [5, 1, "red"],
    [11, 1, " red "],
    [-1, null, "?"],
    [10, 2, ""],
    [null, 2, "blue"],
  ];

  it("counts as missing what training reads as missing, and unknown strings as unseen", () => {
    const { features: found } = profileOf(features, { data: rows });
    expect(found).toMatchObject([
      { count: 1, missing: 4, min: 10, max: 10 },
      { count: 4, missing: 1 },
      { count: 3, missing: 2, levels: [2], unseen: 1 },
    ]);
  });

  it("counts the rows of a version registered without domains as they are", () => {
    const bare = features.map(({ domain: _domain, ...feature }) => feature) as typeof features;
    expect(profileOf(bare, { data: rows }).features).toMatchObject([
      { count: 4, missing: 1, min: -1, max: 11 },
      { count: 4, missing: 1 },
      { count: 4, missing: 1, levels: [1], unseen: 3 },
    ]);
  });

  it("reads fields from the row itself, not what every object inherits", () => {
    const { features: found } = profileOf(features, { rows: [{ size: 1, colour: "red" }] });
    expect(found[1]).toMatchObject({ count: 0, missing: 1 });
  });
});

const signature = readSignature(graph, features);
const columns = { known: new Set<string>(), unreadable: new Set<string>() };
const newReader = (numbers?: LineNumbers, given = signature) =>
  new CaptureReader({ watched: { signature: given, training }, columns, bodies: capturedBodies, numbers });
type Change = Partial<CaptureEntry>;
const lineOf = (sequence: number, change: Change = {}) => {
  const usual = { id: "a", model: "m", version: 1, status: 200, latencyMs: 1, rows: 1, route: "champion" };
  const entry = { ...usual, format: "plain", inputs: '{"data":[[1,1,"red"]]}', ...change };
  return captureLine(entry, { model: "m", time: new Date(0), instance: "here", sequence }, 700);
};
function countsOf(reader: CaptureReader) {
  const { rows, unreadableRequests, omittedRows } = reader.counted("v1/here");
  return { rows, unreadableRequests, omittedRows };
}
/** What a whole log says, read at once. */
const read = (...lines: string[]) => {
  const reader = newReader();
  reader.add(lines.join(""));
  return countsOf(reader);
};

describe("captured requests that cannot be read", () => {
  it.each<[string, Change]>([
    ["an unknown format", { format: "telex" }],
    ["a body of another shape", { inputs: '{"instances":[[1,1,"red"]]}' }],
    ["a body without rows", { inputs: '{"data":[]}' }],
    ["rows of another width", { inputs: '{"data":[[1,1,"red"],[1]]}' }],
    ["rows that are not objects", { inputs: '{"rows":[{"size":1},7]}' }],
    ["both forms at once", { inputs: '{"data":[[1,1,"red"]],"rows":[]}' }],
    ["inputs that are not JSON", { inputs: "{{" }],
  ])("are counted, without any of their rows: %s", (_name, change) => {
    expect(read(lineOf(1), lineOf(2, change))).toEqual({ rows: 1, unreadableRequests: 1, omittedRows: 0 });
  });

  it("are counted if a line was cut short anywhere, and the next line is read", () => {
    fc.assert(
      fc.property(fc.nat(), (at) => {
        const line = lineOf(1);
        const cut = line.slice(0, 1 + (at % (line.length - 2)));
        expect(read(`${cut}\n`, lineOf(2))).toEqual({ rows: 1, unreadableRequests: 1, omittedRows: 0 });
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe("the lines of a log", () => {
  const changes = fc.constantFrom<Change>(
    {},
    { inputs: '{"rows":[{"size":1,"toString":2,"colour":"red"},{"size":null,"toString":2,"colour":"blue"}]}', rows: 2 },
    { inputs: `{"data":[[1,1,"${"x".repeat(600)}"]]}`, rows: 3 },
    { status: 400, inputs: '{"data":[["x"]]}', error: "data[0][0]: a number is needed" },
    { format: "telex" },
  );
  const expected = (change: Change) => ({
    rows: change.status || change.format || change.rows === 3 ? 0 : (change.rows ?? 1),
    unreadableRequests: change.format ? 1 : 0,
    omittedRows: change.rows === 3 ? 3 : 0,
  });

  it("yield their rows once, however often they are repeated and in whatever parts a log is read", () => {
    const logs = fc.array(fc.tuple(changes, fc.nat(2)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(logs, fc.nat(), (requests, cut) => {
        const lines = requests.map(([change], at) => lineOf(at + 1, change));
        const sent = requests.flatMap(([, repeats], at) => Array.from({ length: repeats + 1 }, () => lines[at]));
        const first = newReader();
        first.add(sent.slice(0, cut % sent.length).join(""));
        const second = newReader(first.numbers);
        second.add(sent.slice(cut % sent.length).join(""));
        const sum = (part: keyof ReturnType<typeof countsOf>) => countsOf(first)[part] + countsOf(second)[part];
        const wanted = requests.map(([change]) => expected(change));
        for (const part of ["rows", "unreadableRequests", "omittedRows"] as const)
          expect(sum(part)).toBe(wanted.reduce((total, one) => total + one[part], 0));
        expect(second.numbers).toEqual({ first: 1, last: lines.length, missing: 0 });
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it("from before they named their format have the plain one", () => {
    expect(read(lineOf(1).replace('"format":"plain",', ""))).toEqual({
      rows: 1,
      unreadableRequests: 0,
      omittedRows: 0,
    });
  });
});
