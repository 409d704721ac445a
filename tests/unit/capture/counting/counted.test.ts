import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaptureReader } from "../../../../shared/capture/captureReader";
import { type Counted, mergeCounted } from "../../../../shared/capture/counting/counted";
import { capturedPartDocument } from "../../../../shared/capture/windows/capturedPart";
import { documentText, parseDocument } from "../../../../shared/documents";
import {
  addCategory,
  addNumber,
  emptyProfile,
  type NumberBins,
  type Profile,
} from "../../../../shared/monitoring/profile";
import { capturedBodies } from "../../../../shared/serving/wire/registry";
import { loggedLine, type PearRow, pearSignature, pearTraining } from "../../../support/capturedLog";

/** What a request of the tests asks of. */
interface Asked {
  entity: string;
  size: number | null;
  colour: string | null;
  extra?: string;
  status: number;
}

const asked = fc.record<Asked>({
  entity: fc.constantFrom("a", "b", "c"),
  // whole numbers, so that sums are exact whatever their order
  size: fc.option(fc.integer({ min: -2, max: 12 }), { nil: null }),
  colour: fc.constantFrom("red", "blue", "green", "", null),
  extra: fc.constantFrom(undefined, "weight", "__proto__", "toString"),
  status: fc.constantFrom(200, 200, 200, 400),
});

function counted(requests: Asked[], first = 1): Counted {
  const reader = new CaptureReader({
    watched: { signature: pearSignature, training: pearTraining },
    columns: { entity: "place", known: new Set(["place"]), unreadable: new Set() },
    bodies: capturedBodies,
  });
  for (const [i, { entity, size, colour, extra, status }] of requests.entries()) {
    const more = extra === undefined ? "" : `,${JSON.stringify(extra)}:1`;
    const inputs = `{"rows":[{"size":${size},"colour":${JSON.stringify(colour)},"place":"${entity}"${more}}]}`;
    reader.add(loggedLine({ model: "m", at: "2026-03-01T09:00:00Z", sequence: first + i, inputs, status }));
  }
  return reader.counted("v1/one");
}

const part = fc.array(asked, { maxLength: 12 });

describe("counts of captured requests", () => {
  it("add up to the counts of the whole, however the parts are grouped", () => {
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        const [x, y, z] = [counted(a), counted(b, a.length + 1), counted(c, a.length + b.length + 1)];
        const whole = sorted(counted([...a, ...b, ...c]));
        expect(sorted(mergeCounted(mergeCounted(x, y), z))).toEqual(whole);
        expect(sorted(mergeCounted(x, mergeCounted(y, z)))).toEqual(whole);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("depend on the order only where neighbours and runs do, and can be taken away again", () => {
    fc.assert(
      fc.property(part, part, (a, b) => {
        const [x, y] = [counted(a), counted(b)];
        const together = mergeCounted(x, y);
        expect(unordered(mergeCounted(y, x))).toEqual(unordered(together));
        for (const [i, { count, missing }] of together.inputs.features.entries()) {
          expect(count - y.inputs.features[i].count).toBe(x.inputs.features[i].count);
          expect(missing - y.inputs.features[i].missing).toBe(x.inputs.features[i].missing);
        }
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it("are those of the training profile's own counting", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom("red", "blue", "x"))),
        (rows) => {
          const reader = new CaptureReader({
            watched: { signature: pearSignature, training: pearTraining },
            columns: { known: new Set(), unreadable: new Set() },
            bodies: capturedBodies,
          });
          if (rows.length > 0)
            reader.add(loggedLine({ model: "m", at: "2026-03-01T09:00:00Z", rows: rows as PearRow[] }));
          expect(reader.counted("w").inputs).toEqual(plainProfile(rows));
        },
      ),
      { numRuns: 100, seed: 3 },
    );
  });

  it("are read back as they were written", () => {
    fc.assert(
      fc.property(part, (requests) => {
        const kept = { binsHash: "x", sizeBytes: 9, bytesRead: 9, counted: counted(requests) };
        const text = documentText(capturedPartDocument, kept);
        expect(parseDocument(capturedPartDocument, Buffer.from(text), "profiles/a.json")).toEqual(kept);
      }),
      { numRuns: 50, seed: 4 },
    );
  });
});

/** Rows counted one by one, as training counts its own. */
function plainProfile(rows: [number, string][]): Profile {
  const profile = emptyProfile(pearTraining.bins);
  const [size, colour] = profile.features;
  profile.rows = rows.length;
  const index = new Map([
    ["blue", 0],
    ["red", 1],
  ]);
  for (const [number, text] of rows) {
    if ("bins" in size) addNumber(pearTraining.bins[0] as NumberBins, size, Math.fround(number));
    if ("levels" in colour) addCategory(index, colour, text);
  }
  return profile;
}

/** Without what the order of names in an object says. */
function sorted(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, one) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))
      : one,
  );
}

function unordered({ runs: _runs, inputs, writers: _writers, ...rest }: Counted): unknown {
  const features = inputs.features.map(({ neighbours: _neighbours, ...counts }) => counts);
  return sorted({ ...rest, inputs: { rows: inputs.rows, features } });
}
