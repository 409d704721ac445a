import { describe, expect, it } from "vitest";
import { captureLine } from "../../../shared/capture/captureLine";
import { CaptureReader } from "../../../shared/capture/captureReader";
import { trainingProfile } from "../../../shared/monitoring/trainingProfile";
import { readSignature } from "../../../shared/onnx/signature";
import { capturedRows } from "../../../shared/serving/wire/registry";

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
const { bins } = trainingProfile({
  rowCount: 2,
  numbers: [
    { name: "size", values: Float32Array.of(1, 9) },
    { name: "toString", values: Float32Array.of(1, 2) },
  ],
  categories: [{ name: "colour", levels: ["red"], codes: Int32Array.of(0, 0) }],
});

function profileOf(given: typeof features, body: object) {
  const reader = new CaptureReader({ signature: readSignature(graph, given), bins, rowsOf: capturedRows });
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
  expect(reader.unreadableLines).toBe(0);
  return reader.profile;
}

describe("counting captured rows", () => {
  const rows = [
    [5, 1, "red"],
    [11, 1, " red "],
    [-1, null, "?"],
    [10, 2, ""],
    [null, 2, "blue"],
  ];

  it("takes what training reads as missing for missing, and a text that it does not know for unseen", () => {
    const { features: found } = profileOf(features, { data: rows });
    expect(found).toMatchObject([
      { count: 1, missing: 4, min: 10, max: 10 },
      { count: 4, missing: 1 },
      { count: 3, missing: 2, levels: [2], unseen: 1 },
    ]);
  });

  it("counts rows of a version that was registered without domains as they are", () => {
    const bare = features.map(({ domain: _domain, ...feature }) => feature) as typeof features;
    expect(profileOf(bare, { data: rows }).features).toMatchObject([
      { count: 4, missing: 1, min: -1, max: 11 },
      { count: 4, missing: 1 },
      { count: 4, missing: 1, levels: [1], unseen: 3 },
    ]);
  });

  it("reads fields from the row itself, whatever every object has", () => {
    const { features: found } = profileOf(features, { rows: [{ size: 1, colour: "red" }] });
    expect(found[1]).toMatchObject({ count: 0, missing: 1 });
  });
});
