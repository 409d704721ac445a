import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LoadedFunctions } from "./loadedFunctions";

const usecase = "coffee-grade";
const sample = readFileSync(`models/${usecase}/sample.csv`);
const params = { usecase, version: "1" };

let functions: LoadedFunctions;
beforeAll(async () => {
  functions = await LoadedFunctions.start();
  await functions.run("registerDataset", { bytes: sample }, { blobTrigger: `datasets-inbox/${usecase}/lots.csv` });
});
afterAll(() => functions?.stop());

describe("the rows of a dataset version", () => {
  it("come as they were dropped, in pages", async () => {
    const lines = sample.toString("utf8").trimEnd().split(/\r?\n/);
    const rows = lines.length - 1;
    const all = await functions.bytes("datasetRows", { params });
    expect(all).toMatchObject({ status: 200, headers: { "x-tidegate-rows": String(rows) } });
    expect(all.bytes.toString("utf8").trimEnd().split("\n")).toEqual(lines);
    expect(all.headers["x-tidegate-next"]).toBeUndefined();
    const part = await functions.bytes("datasetRows", { params, query: { first: "3", limit: "2" } });
    expect(part.bytes.toString("utf8").trimEnd().split("\n")).toEqual([lines[0], lines[3], lines[4]]);
    expect(part.headers).toMatchObject({ "x-tidegate-next": "5", "content-type": "text/csv; charset=utf-8" });
  });

  it("come as Parquet", async () => {
    const { bytes, headers } = await functions.bytes("datasetRows", { params, query: { format: "parquet" } });
    expect(headers["content-disposition"]).toBe('attachment; filename="coffee-grade-v1.parquet"');
    expect([bytes.subarray(0, 4), bytes.subarray(-4)].map(String)).toEqual(["PAR1", "PAR1"]);
  });

  it.each([
    ["an unknown use case", "datasetRows", { params: { ...params, usecase: "coffee" } }, 404, usecase],
    ["an unknown version", "datasetRows", { params: { ...params, version: "7" } }, 404, "no dataset version 7"],
    ["a row beyond the last", "datasetRows", { params, query: { first: "999999" } }, 400, "first: the version has"],
    ["another format", "datasetRows", { params, query: { format: "xlsx" } }, 400, "format: "],
    ["no reason", "datasetFromInference", { params, body: { from: "2013-07-01T00:00:00Z" } }, 400, "reason"],
  ])("are refused for %s", async (_what, name, request, status, reason) => {
    const answer = await functions.http(name, request as Parameters<typeof functions.http>[1]);
    expect(answer).toMatchObject({ status, json: { error: expect.stringContaining(reason) } });
  });

  it("cannot be made of a range in which nothing was scored", async () => {
    const body = { from: "2013-07-01T00:00:00Z", to: "2013-07-02T00:00:00+02:00", reason: "to learn", actor: "Ada" };
    expect(await functions.http("datasetFromInference", { params, body })).toMatchObject({
      status: 422,
      json: { error: expect.stringContaining("none was captured") },
    });
    const backwards = { ...body, to: "2013-06-01T00:00:00Z" };
    expect(await functions.http("datasetFromInference", { params, body: backwards })).toMatchObject({
      status: 400,
      json: { error: 'to: it must be after "from"' },
    });
  });
});
