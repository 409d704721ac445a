import { describe, expect, it } from "vitest";
import { tellingOutages } from "../../../shared/azure/storageOutage";
import { AppError } from "../../../shared/errors";

const failing = (error: unknown) =>
  tellingOutages({
    get: async () => {
      throw error;
    },
    list: async function* () {
      yield 1;
      throw error;
    },
  });
const fault = (fields: object) => Object.assign(new Error("from the SDK"), fields);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("a store that tells outages", () => {
  it.each([
    ["a refused connection", { code: "ECONNREFUSED" }],
    ["a request that could not be sent", { code: "REQUEST_SEND_ERROR" }],
    ["a service that is busy", { statusCode: 503, code: "ServerBusy" }],
    ["a service that failed", { statusCode: 500 }],
    ["a service that throttles", { statusCode: 429 }],
    [
      "several addresses that all refused",
      { errors: [fault({ code: "ECONNREFUSED" }), fault({ code: "ENETUNREACH" })] },
    ],
  ])("tells of %s, in calls and in listings", async (_what, fields) => {
    const told = { code: "unavailable", message: expect.stringContaining("storage does not answer") };
    await expect(failing(fault(fields)).get()).rejects.toMatchObject(told);
    await expect(all(failing(fault(fields)).list())).rejects.toMatchObject(told);
  });

  it("says of a call that was given up what a person understands", async () => {
    const error = Object.assign(fault({ name: "AbortError" }), { message: "Rejecting from abort signal callback" });
    await expect(failing(error).get()).rejects.toThrow("storage does not answer (no answer in time)");
  });

  it.each([
    ["a refusal of this request", fault({ statusCode: 403, code: "AuthorizationFailure" })],
    ["a row that has changed", fault({ statusCode: 412 })],
    ["what the store says itself", new AppError("conflict", "a row with this key exists already")],
    ["a bug", new TypeError("undefined is not a function")],
  ])("passes on %s as it is", async (_what, error) => {
    await expect(failing(error).get()).rejects.toBe(error);
  });

  it("counts silence as an outage, also in the middle of a listing", async () => {
    const silent = tellingOutages(
      {
        get: () => new Promise(() => {}),
        list: async function* () {
          yield 1;
          await new Promise(() => {});
        },
      },
      10,
    );
    const told = { code: "unavailable", message: expect.stringContaining("no answer within 0.01 s") };
    await expect(silent.get()).rejects.toMatchObject(told);
    await expect(all(silent.list())).rejects.toMatchObject(told);
  });
});
