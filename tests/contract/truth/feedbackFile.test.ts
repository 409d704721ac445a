import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256Of } from "../../../shared/ledger/verifiedBlobs";
import { receiveFile } from "../../../shared/loop/receiveFile";
import { reconcile } from "../../../shared/loop/reconcile";
import { truthHistory } from "../../../shared/truth/truthHistory";
import { Loop } from "../../support/loop";
import { stationSpec, TruthWorld } from "../../support/truthWorld";

const model = "stations";
const inbox = "feedback-inbox";
let loop: Loop;
let world: TruthWorld;
beforeAll(async () => {
  loop = await Loop.start(stationSpec(model));
  world = new TruthWorld(loop.app.blobs, stationSpec(model));
});
afterAll(() => loop?.stop());

async function drop(file: string, text: string, folder = model) {
  const bytes = Buffer.from(text);
  const name = `${folder}/${file}`;
  await loop.app.blobs.write(inbox, name, bytes);
  return { inbox, name, bytes, droppedAt: loop.clock.now() };
}
const take = async (file: string, text: string, folder?: string) =>
  receiveFile(loop.app, await drop(file, text, folder));
const history = (time: string) => truthHistory(loop.app, world.spec, { entity: "JFK", time });
const openAlert = async () =>
  (await loop.app.alerts.list(model, 10, "open")).find(({ rule }) => rule === "feedback-rejected");

describe.sequential("a file of feedback", () => {
  it("tells truths of requests and of rows, and what became of them is shown", async () => {
    const row = { At: "2013-07-01T09:00:00Z", Station: "JFK", Pressure: 1 };
    const id = await world.capture("2013-07-01T09:00:00Z", [row], { label: ["wet"], probability: [0.6] });
    const text = `label,requestId,row,entity,time\nrain,${id},0,,\n snow ,,,JFK,2013-07-01 10:00\nhail,,,JFK,2013-07-01 11:00\n`;
    const summary = "3 rows: 1 accepted, 1 refused, 1 unknown (row 3: label: use one of rain, snow, clear, dry, wet)";
    expect(await take("truth.csv", text)).toEqual({ status: "accepted", summary });
    expect(await loop.app.inbox.find(`${inbox}/${model}/truth.csv`, await sha256Of(Buffer.from(text)))).toMatchObject({
      summary,
    });
    expect(await history("2013-07-01T10:00:00Z")).toMatchObject([
      { label: "wet", raw: "snow", source: "file truth.csv" },
    ]);
  });

  it("counts from when it was dropped first, under whatever name and however late it is read", async () => {
    const text = "entity,time,label\nJFK,2013-07-01 12:00,rain\n";
    const early = await drop("early.csv", text);
    loop.passHours(1);
    // storage tells the second of a drop: the file is newer than what was sent before within it
    const at = new Date(loop.clock.now().getTime() + 999).toISOString();
    await receiveFile(loop.app, await drop("newer.csv", "entity,time,label\nJFK,2013-07-01 12:00,clear\n"));
    loop.passHours(1);
    expect(await receiveFile(loop.app, early)).toEqual({ status: "accepted", summary: "1 rows: 1 unknown" });
    await take("again.csv", text);
    const told = await history("2013-07-01T12:00:00Z");
    expect(told.map(({ label, source, holds }) => [label, source, holds])).toEqual([
      ["dry", "file newer.csv", true],
      ["wet", "file early.csv", false],
    ]);
    expect(told[0].at).toBe(at);
  });

  it.each([
    ["of another kind", "truth.txt", "x", "the file's name must end in .csv.gz, .csv, .parquet"],
    ["that is empty", "a.csv", "", "the file is empty"],
    ["without a label", "a.csv", "requestId,row\nx,1\n", 'the column "label" is missing'],
    [
      "that names no prediction",
      "a.csv",
      "entity,label\nJFK,rain\n",
      'the file needs the column "requestId", or "time"',
    ],
    ["with columns of its own", "a.csv", "requestId,label,colour\nx,rain,red\n", "the file has other columns"],
    ["that is cut off", "a.csv", "requestId,label\nx\n", "row 1"],
    [
      "without a usable row",
      "a.csv",
      "entity,time,label\nJFK,noon,rain\n",
      "no row can be used; row 1: time: a time in",
    ],
  ])("%s is rejected with the reason, and an alert names it", async (_what, file, text, reason) => {
    const outcome = await take(file, text);
    expect(outcome).toEqual({ status: "rejected", reason: expect.stringContaining(reason) });
    expect(await openAlert()).toMatchObject({ severity: "warning", evidence: { file: `${model}/${file}` } });
  });

  it("ends the alert once each rejected name holds a good one", async () => {
    await take("a.csv", "entity,time,label\nJFK,2013-07-01 12:00,rain\n");
    expect(await openAlert()).toBeDefined();
    await loop.app.alerts.resolve(model, "feedback-rejected", `${model}/truth.txt`);
    expect(await openAlert()).toBeUndefined();
  });

  it("that its trigger missed is found, and one for a model that nobody has says which there are", async () => {
    await drop("missed.csv", "entity,time,label\nJFK,2013-07-02 12:00,rain\n");
    await drop("lost.csv", "entity,time,label\nJFK,2013-07-02 12:00,rain\n", "station");
    loop.passHours(1);
    const lines = await reconcile(loop.app);
    expect(lines).toContain(`looked again at ${model}/missed.csv: accepted`);
    expect(lines).toContain("looked again at station/lost.csv: rejected");
    expect(await history("2013-07-02T12:00:00Z")).toHaveLength(1);
    expect(await loop.app.inbox.isOfUnknownUsecase(`${inbox}/station/lost.csv`)).toBe(true);
  });
});
