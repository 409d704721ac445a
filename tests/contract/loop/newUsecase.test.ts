import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { receiveFile } from "../../../shared/loop/receiveFile";
import { reconcile } from "../../../shared/loop/reconcile";
import { Loop, shippedSpec } from "../../support/loop";

const { sample: _sample, example: _example, ...spec } = shippedSpec("coffee-grade");
const bytes = readFileSync("models/coffee-grade/sample.csv");
const place = { inbox: "datasets-inbox", name: "beans/sample.csv" };

let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start(spec);
});
afterAll(() => loop?.stop());

describe.sequential("a file for a use case that nobody knows", () => {
  const openAlerts = async () => (await loop.app.alerts.list("unknown-usecase", 10, "open")).length;

  it("is rejected once, and left alone as long as its use case is unknown", async () => {
    await loop.storage.blobs.write(place.inbox, place.name, bytes);
    expect(await receiveFile(loop.app, { ...place, bytes })).toMatchObject({ status: "rejected" });
    loop.passHours(1);
    expect(await reconcile(loop.app)).toEqual([]);
    expect(await openAlerts()).toBe(1);
  });

  it("is judged again by itself, however new it is, once the use case is there", async () => {
    loop.deploy({ ...spec, name: "beans" });
    loop.clock.time = Date.now();
    expect(await reconcile(loop.app)).toEqual(["judged beans/sample.csv, whose use case is new: accepted"]);
    expect((await loop.app.datasets.versions("beans")).map(({ version }) => version)).toEqual([1]);
    expect(await loop.app.runs.find("beans.data-v1")).toMatchObject({ status: "queued" });
    expect(await openAlerts()).toBe(0);
    expect(await reconcile(loop.app)).toEqual([]);
  });
});
