import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newTensor, sliceTensors, toTensors, zeroTensor } from "../../../shared/serving/tensors";
import { mixedRows, mixedSignature, tensorsOf } from "./mixedSignature";

describe("tensors of rows", () => {
  const build = (rows: (number | string)[][]) =>
    toTensors(mixedSignature, rows.length, (_slot, feature) => (row) => rows[row][feature]);
  /** as a table holds them: NaN or "" for a missing value, 0 or 1 for a boolean */
  const tableRows = mixedRows.map((rows) =>
    rows.map((row) =>
      row.map((cell, at) => {
        if (typeof cell === "string") return cell;
        if (cell !== null) return Number(cell);
        return mixedSignature.features[at].type === "category" ? "" : Number.NaN;
      }),
    ),
  );

  it("hold each cell in the place of its feature, in the type of its input", () => {
    fc.assert(
      fc.property(tableRows, (rows) => {
        expect(build(rows)).toEqual(tensorsOf(rows));
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("are cut into pieces that together are the whole", () => {
    fc.assert(
      fc.property(tableRows, fc.nat(), (rows, at) => {
        const cut = at % (rows.length + 1);
        const whole = build(rows);
        expect(sliceTensors(whole, 0, cut)).toEqual(build(rows.slice(0, cut)));
        expect(sliceTensors(whole, cut, rows.length - cut)).toEqual(build(rows.slice(cut)));
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it("are one value wide if the input has one dimension", () => {
    expect(newTensor({ name: "x", datatype: "INT64", shape: [-1] }, 3)).toEqual({
      datatype: "INT64",
      shape: [3],
      data: new BigInt64Array(3),
    });
    expect(newTensor({ name: "x", datatype: "BYTES", shape: [-1, 2] }, 1).data).toEqual(["", ""]);
  });

  it("have one row of zeros for a warm-up, whatever the rank", () => {
    expect(zeroTensor({ name: "image", datatype: "FP32", shape: [-1, 3, 2, 2] })).toEqual({
      datatype: "FP32",
      shape: [1, 3, 2, 2],
      data: new Float32Array(12),
    });
  });
});
