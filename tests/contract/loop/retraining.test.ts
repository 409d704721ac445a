import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { registerDueInference } from "../../../shared/loop/registerDueInference";
import { requestIdAt } from "../../../shared/requestId";
import { scoreRequest } from "../../../shared/serving/scoreRequest";
import { wireFormat } from "../../../shared/serving/wire/registry";
import { startRun } from "../../../shared/training/startRun";
import { startScheduledRuns } from "../../../shared/training/startScheduledRuns";
import { feedbackSource, giveFeedback } from "../../../shared/truth/giveFeedback";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const lines = readFileSync(`models/${usecase}/sample.csv`, "utf8").trim().split("\n");
const names = lines[0].split(",");
const rowsFrom = (from: number, to: number) => Buffer.from([lines[0], ...lines.slice(from, to)].join("\n"));
const texts = new Set(["Lot", "Process", "Grade"]);

/** A line of the sample as a row of a request. */
function rowOf(line: string): Record<string, unknown> {
  const cells = line.split(",");
  return Object.fromEntries(
    names.map((name, at) => [name, cells[at] === "" || texts.has(name) ? cells[at] || null : Number(cells[at])]),
  );
}

let loop: Loop;
afterEach(() => loop?.stop());

async function start(policies: object, at: string): Promise<void> {
  loop = await Loop.start({
    ...shippedSpec(usecase),
    candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
    policies: { onNewData: "none", onDrift: "none", ...policies },
  });
  loop.clock.time = Date.parse(at);
}

const to = (at: string) => {
  loop.clock.time = Date.parse(at);
};
const runs = async () => (await loop.app.runs.list(usecase)).map(({ id }) => id);

describe("retraining on a clock", () => {
  // 2026-03-29 is the Sunday on which Helsinki's clocks go from UTC+2 to UTC+3
  it("starts one run each time it is due, in its time zone, however often the timer comes", async () => {
    await start({ retrainAt: "Monday 11:00", timeZone: "Europe/Helsinki" }, "2026-03-23T08:50:00Z");
    expect(await startScheduledRuns(loop.app)).toEqual([]); // without a dataset
    await loop.drop(usecase, rowsFrom(1, 400));
    to("2026-03-23T08:59:00Z");
    expect(await startScheduledRuns(loop.app)).toEqual([]);
    to("2026-03-23T09:05:00Z");
    expect(await startScheduledRuns(loop.app)).toEqual([
      `started ${usecase}.at-20260323T0900: due at 2026-03-23T09:00:00.000Z by the schedule "Monday 11:00" (Europe/Helsinki)`,
    ]);
    expect(await startScheduledRuns(loop.app)).toEqual([]);
    to("2026-03-30T08:20:00Z");
    expect(await startScheduledRuns(loop.app)).toHaveLength(1);
    expect(await runs()).toEqual([`${usecase}.at-20260323T0900`, `${usecase}.at-20260330T0800`]);
  });

  it("makes up for a time that was missed by hours, and not for one that was missed by days", async () => {
    await start({ retrainAt: "Monday 11:00" }, "2026-03-25T12:00:00Z");
    await loop.drop(usecase, rowsFrom(1, 400));
    expect(await startScheduledRuns(loop.app)).toEqual([]);
    to("2026-03-31T10:00:00Z");
    expect(await startScheduledRuns(loop.app)).toHaveLength(1);
  });

  it("learns from what it knew, from a file that came since, and from what was scored and has its truth", async () => {
    const policies = { retrainAt: "daily 12:00", fromInference: { schedule: "daily 11:00", delayHours: 0.5 } };
    await start({ ...policies, minNewLabelledRows: 250 }, "2026-03-23T14:00:00Z");
    await loop.drop(usecase, rowsFrom(1, 501), "previous.csv");
    await startRun(loop.app, { usecase, trigger: "request", cause: "first" });
    await loop.drain();
    expect(await loop.app.runs.list(usecase)).toMatchObject([{ version: 1, labelledRows: 500 }]);

    await loop.drop(usecase, rowsFrom(501, 701), "new.csv");
    const served = lines.slice(701, 801).map(rowOf);
    const requestId = requestIdAt(loop.clock.now(), "scored");
    const body = JSON.stringify({ rows: served.map(({ Grade: _truth, ...row }) => row) });
    const reply = await scoreRequest(loop.app, { format: wireFormat("plain"), model: usecase, requestId, body });
    expect(reply.status).toBe(200);
    await loop.app.capture?.flush();
    const told = served.map(({ Grade }, row) => ({ requestId, row, label: Grade }));
    await giveFeedback(loop.app, loop.app.usecases.get(usecase)?.spec ?? expect.unreachable(), told, {
      source: feedbackSource,
      at: loop.clock.now().toISOString(),
    });

    to("2026-03-24T12:05:00Z");
    expect(await registerDueInference(loop.app)).toEqual([expect.stringContaining("version 3, 100 rows")]);
    expect(await startScheduledRuns(loop.app)).toHaveLength(1);
    await loop.drain();
    expect((await loop.app.runs.list(usecase)).at(-1)).toMatchObject({
      ...{ id: `${usecase}.at-20260324T1200`, status: "succeeded", version: 2, labelledRows: 800 },
    });
    const { lineage } = await loop.app.registry.version(usecase, 2);
    expect(lineage).toMatchObject({ datasetVersions: [1, 2, 3] });
  });
});
