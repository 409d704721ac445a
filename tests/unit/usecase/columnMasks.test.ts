import { expect, it } from "vitest";
import { capturedInputs } from "../../../shared/serving/capturedInputs";
import { wireFormat } from "../../../shared/serving/wire/registry";
import { ColumnMasks, hashKeyRule } from "../../../shared/usecase/columnMasks";
import type { Usecase } from "../../../shared/usecase/loadUsecases";
import type { SpecFields } from "../../../shared/usecase/specFields";
import { pearSignature } from "../../support/capturedLog";

const columns = {
  size: { type: "number", sensitive: "omit" },
  colour: { type: "category", sensitive: "hash" },
  place: { type: "category" },
};
const usecase = { spec: { columns, derived: {} } } as unknown as Usecase;
const plain = wireFormat("plain");
const captured = (body: object, signature: typeof pearSignature | undefined = pearSignature, key = "k".repeat(16)) =>
  capturedInputs(new ColumnMasks(key), usecase, { format: plain, body: JSON.stringify(body), headers: {}, signature });

it("captures sensitive cells as keyed hashes or not at all, and no value of a field that nobody declared", () => {
  const row = { size: 3, colour: "red", place: "here", note: "secret" };
  const { rows } = JSON.parse(captured({ rows: [row] }));
  expect(rows).toEqual([
    { size: null, colour: expect.stringMatching(/^hmac:[0-9a-f]{32}$/), place: "here", note: null },
  ]);
  const { data } = JSON.parse(
    captured({
      data: [
        [3, "red"],
        [4, " red "],
        [5, null],
      ],
    }),
  );
  expect(data).toEqual([
    [null, rows[0].colour],
    [null, rows[0].colour],
    [null, null],
  ]);
  expect(captured({ data: [[3, "red"]] }, pearSignature, "q".repeat(16))).not.toContain(rows[0].colour);
});

it("captures nothing of a refused request, for a sensitive value may stand anywhere in it", () => {
  const request = { format: plain, body: '{"data":[["red"]]}', headers: {} };
  expect(capturedInputs(new ColumnMasks("k".repeat(16)), usecase, request)).toBe("");
  expect(capturedInputs(new ColumnMasks(), undefined, request)).toBe(request.body);
});

it("refuses a use case that hashes where there is no key", () => {
  const faults: unknown[] = [];
  const check = (key?: string) =>
    hashKeyRule(key).check({ columns } as unknown as SpecFields, (path) => faults.push(path));
  check("k".repeat(16));
  expect(faults).toEqual([]);
  check();
  expect(faults).toEqual([["columns", "colour", "sensitive"]]);
});
