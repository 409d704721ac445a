import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LoadedFunctions } from "./loadedFunctions";

let functions: LoadedFunctions;
beforeAll(async () => {
  functions = await LoadedFunctions.start();
});
afterAll(() => functions?.stop());

const params = { model: "weather" };
const subject = { entity: "JFK", time: "2013-07-01T09:00:00Z" };

describe("feedback", () => {
  it("is answered row by row, and shown again with its history", async () => {
    const rows = [{ ...subject, label: "snow" }, { ...subject }, { requestId: "x", label: "wet" }];
    expect(await functions.http("giveFeedback", { params, body: { rows } })).toMatchObject({
      status: 200,
      json: {
        model: "weather",
        counts: { unknown: 2, refused: 1 },
        answers: [
          { status: "unknown", reason: expect.stringContaining("counts once such a row is scored") },
          { status: "refused", reason: "label: a text or a number is needed" },
          { status: "unknown", reason: expect.stringContaining("names no time") },
        ],
      },
    });
    expect(await functions.http("showTruth", { params, query: subject })).toMatchObject({
      status: 200,
      json: { model: "weather", truths: [{ label: "wet", raw: "snow", source: "feedback", holds: true }] },
    });
  });

  it.each([
    ["no rows", "giveFeedback", { params, body: { rows: [] } }, 400, "rows: at least one entry is needed"],
    ["too many", "giveFeedback", { params, body: { rows: Array(5001).fill(1) } }, 400, "rows: at most 5000"],
    ["other fields", "giveFeedback", { params, body: { rows: [1], labels: [] } }, 400, "labels: unknown field"],
    ["an unknown model", "giveFeedback", { params: { model: "wether" }, body: { rows: [1] } }, 404, '"weather"'],
    ["no subject", "showTruth", { params }, 400, "time: it is missing"],
    ["no such parameter", "showTruth", { params, query: { at: "1" } }, 400, "at: unknown query parameter"],
  ])("with %s is refused with the reason", async (_what, name, request, status, reason) => {
    const answer = await functions.http(name, request as Parameters<typeof functions.http>[1]);
    expect(answer).toMatchObject({ status, json: { error: expect.stringContaining(reason) } });
  });
});
