import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CaptureEntry, captureLine, readCaptureLine } from "../../../shared/capture/captureLine";

const stamp = { model: "fruit", time: new Date(0), instance: "one-1a2b", sequence: 7 };
const plenty = 1e6;

/** Text that looks like parts of a line, so that a reader that looks for them in the wrong place is found out. */
const misleading = fc.constantFrom(
  '"inputLength":3,"outputs":null,"inputs":[1]}}',
  '"data":{"status":200,"rows":9,"format":"other",',
  '"sequence":"000000000099"',
  '","inputsOmitted":5,',
  "}}",
  "\n\r\n",
  "\ud83d",
  "“é日付”",
);
const text = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), misleading);
const json = fc.oneof(
  fc.json(),
  text.map((value) => JSON.stringify(value)),
  text.map((value) => `{"x":[${JSON.stringify(value)}]}`),
);

const entries: fc.Arbitrary<CaptureEntry> = fc.record({
  id: fc.uuid(),
  model: fc.constant("fruit"),
  version: fc.nat(1000),
  status: fc.constantFrom(200, 200, 200, 400, 503),
  latencyMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
  rows: fc.nat(100_000),
  route: fc.constantFrom("champion", "pinned"),
  format: fc.constantFrom("plain", "other-2"),
  inputs: json,
  outputs: fc.option(json, { nil: undefined }),
  warnings: fc.option(fc.constant({ sentinel: 2 }), { nil: undefined }),
  error: fc.option(text, { nil: undefined }),
});

describe("a captured line", () => {
  it("is one line of JSON, a CloudEvents event that holds the request as it was sent", () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const line = captureLine(entry, stamp, plenty);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        const { data, ...event } = JSON.parse(line);
        expect(event).toMatchObject({
          specversion: "1.0",
          id: entry.id,
          source: "/models/fruit",
          sequence: "000000000007",
        });
        expect(data).toMatchObject({
          status: entry.status,
          rows: entry.rows,
          route: entry.route,
          format: entry.format,
        });
        expect(data.error).toBe(entry.error);
        expect(data.warnings).toEqual(entry.warnings);
        expect(data.inputs).toEqual(entry.status === 200 ? JSON.parse(entry.inputs) : entry.inputs);
        expect(data.outputs).toEqual(entry.outputs === undefined ? null : JSON.parse(entry.outputs));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("gives its reader back what was written", () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const { inputs, outputs, ...found } = readCaptureLine(captureLine(entry, stamp, plenty).trimEnd()) ?? {};
        const { status, rows, format, route } = entry;
        const isPinned = route === "pinned";
        const time = stamp.time.toISOString();
        expect(found).toEqual({ isPinned, time, sequence: 7, status, rows, format, inputsOmitted: undefined });
        expect(outputs).toBe(entry.outputs === "null" ? undefined : entry.outputs);
        expect(JSON.parse(String(inputs))).toEqual(status === 200 ? JSON.parse(entry.inputs) : entry.inputs);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it("yields no inputs if anything is missing at its end", () => {
    fc.assert(
      fc.property(entries, fc.nat(), (entry, at) => {
        const line = captureLine(entry, stamp, plenty).trimEnd();
        expect(readCaptureLine(line.slice(0, at % line.length))?.inputs).toBeUndefined();
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it("states the size of the inputs that it leaves out", () => {
    fc.assert(
      fc.property(entries, fc.nat(2000), (entry, more) => {
        const maxBytes = 500 + more;
        const line = captureLine({ ...entry, inputs: `"${"é".repeat(1200)}"` }, stamp, maxBytes);
        const found = readCaptureLine(line.trimEnd());
        if (entry.status !== 200) return;
        expect(found).toMatchObject({ sequence: 7, rows: entry.rows, format: entry.format, inputsOmitted: 2402 });
        expect(found?.inputs).toBeUndefined();
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it("has the plain format if it names none, and no number if it is older than numbers", () => {
    const old =
      '{"specversion":"1.0","type":"tidegate.inference","id":"a","source":"/models/fruit","time":"2026-03-01T10:59:59.000Z","datacontenttype":"application/json","modelversion":1,"data":{"status":200,"latencyMs":1,"rows":2,"route":"champion","inputLength":16,"outputs":null,"inputs":{"data":[[1,2]]}}}';
    expect(readCaptureLine(old)).toEqual({
      isPinned: false,
      time: "2026-03-01T10:59:59.000Z",
      sequence: undefined,
      status: 200,
      rows: 2,
      format: "plain",
      inputsOmitted: undefined,
      inputs: '{"data":[[1,2]]}',
      outputs: undefined,
    });
  });

  it.each([
    "",
    "garbage",
    "{}",
    '{"data":{"inputLength":2,"inputs":{}}}',
    '{"data":{"status":"x","inputLength":2,"inputs":{}}}',
  ])("is not: %s", (line) => {
    expect(readCaptureLine(line)).toBeUndefined();
  });
});
