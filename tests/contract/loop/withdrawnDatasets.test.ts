import { afterEach, describe, expect, it } from "vitest";
import { decodePrepared } from "../../../shared/data/encodePrepared";
import { registerDataset } from "../../../shared/data/registerDataset";
import { listAudit } from "../../../shared/ledger/auditEntry";
import { finishTraining } from "../../../shared/training/finishTraining";
import { trainingQueues } from "../../../shared/training/runRecord";
import { startRun } from "../../../shared/training/startRun";
import { startScheduledRuns } from "../../../shared/training/startScheduledRuns";
import { trainCandidate } from "../../../shared/training/trainCandidate";
import { versionsLearntFrom } from "../../../shared/training/versionsLearntFrom";
import { hourlyCsv, hourlySpec } from "../../support/hourlyLevels";
import { Loop } from "../../support/loop";

const usecase = "high-level";
const person = { reason: "the gauge was moved", actor: "Ann" };
type Step = Parameters<typeof trainCandidate>[1];

let loop: Loop;
afterEach(() => loop?.stop());

const change = (version: number) => ({ usecase, version, ...person, operation: `by-hand-${version}` });
const run = (cause: string) => loop.app.runs.get(`${usecase}.${cause}`);

/** Thirty days, then ten of them again, fifty higher. */
async function withBadVersion(): Promise<void> {
  loop = await Loop.start(hourlySpec(usecase));
  await loop.drop(usecase, hourlyCsv(0, 720), "good.csv");
  await loop.drain();
  await loop.drop(usecase, hourlyCsv(100, 340, 50), "bad.csv");
  await loop.drain();
}

async function train(cause: string, force = false) {
  loop.passHours(1);
  await startRun(loop.app, { usecase, trigger: "request", cause, force });
  await loop.drain();
  return run(cause);
}

const levels = async (cause: string) =>
  decodePrepared(await loop.app.runs.prepared(`${usecase}.${cause}`)).table.numbers[0].values;

describe("a dataset version that a person has withdrawn", () => {
  it("is left out by later runs, so that the values it replaced are back", async () => {
    await withBadVersion();
    const good = await levels("data-v1");
    expect(await levels("data-v2")).not.toEqual(good);
    await loop.app.datasets.withdraw(change(2));
    expect(await train("without")).toMatchObject({ datasetVersions: [1] });
    expect(await levels("without")).toEqual(good);
  });

  it("is learned from again once it is restored", async () => {
    await withBadVersion();
    const bad = await levels("data-v2");
    await loop.app.datasets.withdraw(change(2));
    await train("without");
    await loop.app.datasets.restore(change(2));
    expect((await loop.app.datasets.version(usecase, 2)).withdrawn).toBeUndefined();
    expect(await train("with", true)).toMatchObject({ datasetVersions: [1, 2] });
    expect(await levels("with")).toEqual(bad);
  });

  it("stands in the audit trail and in its record with the person and the reason", async () => {
    await withBadVersion();
    const dataset = await loop.app.datasets.withdraw(change(2));
    expect(dataset).toMatchObject({ version: 2, withdrawn: { by: "Ann", reason: person.reason } });
    expect(await loop.app.datasets.versions(usecase)).toMatchObject([{ version: 1 }, dataset]);
    await expect(loop.app.datasets.withdraw(change(2))).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("withdrawn already, by Ann"),
    });
    loop.passHours(1);
    await loop.app.datasets.restore(change(2));
    await expect(loop.app.datasets.restore(change(2))).rejects.toMatchObject({ code: "conflict" });
    const trail = await listAudit(loop.app.tables, "datasets", usecase, { limit: 2 });
    expect(trail).toMatchObject([
      { action: "dataset restored", actor: "Ann", subject: `${usecase} dataset v2` },
      { action: "dataset withdrawn", actor: "Ann", reason: person.reason },
    ]);
  });

  it("keeps a run that learned from it before from being promoted", async () => {
    loop = await Loop.start(hourlySpec(usecase));
    await loop.drop(usecase, hourlyCsv(0, 720));
    await loop.drainPlans();
    await loop.take(trainingQueues.candidate, (step) => trainCandidate(loop.app, step as Step));
    await loop.app.datasets.withdraw(change(1));
    await loop.take(trainingQueues.finish, ({ runId }) => finishTraining(loop.app, runId));
    expect(await run("data-v1")).toMatchObject({ status: "succeeded", version: 1, promoted: false });
    expect((await run("data-v1")).message).toContain(
      "dataset version 1, which it learned from, was withdrawn by Ann: the gauge was moved",
    );
    expect(await versionsLearntFrom(loop.app, usecase, 1)).toEqual({
      learntFromIt: [1],
      championLearntFromIt: false,
    });
  });

  it("leaves nothing to train on where it was the only one", async () => {
    loop = await Loop.start({ ...hourlySpec(usecase), policies: { onNewData: "none", retrainEveryHours: 1 } });
    await loop.drop(usecase, hourlyCsv(0, 720));
    await loop.app.datasets.withdraw(change(1));
    expect(await startScheduledRuns(loop.app)).toEqual([]);
    expect(await train("nothing")).toMatchObject({
      status: "failed",
      message: expect.stringContaining('every dataset version of use case "high-level" is withdrawn'),
    });
  });
});

describe("a file that is dropped again", () => {
  const good = hourlyCsv(0, 720);
  const versions = async () =>
    (await loop.app.datasets.versions(usecase)).map(({ version, file }) => `${version} ${file}`);
  /** Two versions, of which the second replaces rows of the first, two hours apart; nothing trains. */
  async function withReplacedRows(): Promise<void> {
    loop = await Loop.start({ ...hourlySpec(usecase), policies: { onNewData: "none" } });
    await loop.drop(usecase, good, "good.csv");
    loop.passHours(1);
    await loop.drop(usecase, hourlyCsv(100, 340, 50), "bad.csv");
    loop.passHours(1);
  }

  it("is still the same version while nothing has replaced its rows", async () => {
    loop = await Loop.start({ ...hourlySpec(usecase), policies: { onNewData: "none" } });
    await loop.drop(usecase, hourlyCsv(0, 300), "first.csv");
    loop.passHours(1);
    await loop.drop(usecase, hourlyCsv(300, 720), "second.csv");
    await loop.drop(usecase, hourlyCsv(200, 320), "same-rows.csv");
    loop.passHours(1);
    expect(await loop.drop(usecase, hourlyCsv(0, 300), "first.csv")).toMatchObject({ version: 1, created: false });
    expect(await versions()).toEqual(["1 first.csv", "2 second.csv", "3 same-rows.csv"]);
  });

  it("becomes a new version when a later one has replaced its rows, so that they are back", async () => {
    await withReplacedRows();
    expect(await loop.drop(usecase, good, "good.csv")).toMatchObject({ version: 3, created: true });
    const notes = (await loop.app.datasets.version(usecase, 3)).notes;
    expect(notes).toEqual([
      "240 of 720 rows replace known rows: level differs in 100 % of them, by 50 cm on average",
      "480 of 720 rows repeat known rows with the same values",
    ]);
    await train("again");
    const { table, source } = decodePrepared(await loop.app.runs.prepared(`${usecase}.again`));
    loop.passHours(1);
    await loop.app.datasets.withdraw(change(2));
    await loop.app.datasets.withdraw(change(3));
    await train("only-the-first", true);
    expect(table.numbers[0].values).toEqual(await levels("only-the-first"));
    expect(new Set(source.version)).toEqual(new Set([1, 3]));
  });

  it("does so once, however often its message comes", async () => {
    await withReplacedRows();
    const drop = { usecase, file: "good.csv", bytes: Buffer.from(good), droppedAt: loop.clock.now() };
    const outcomes = [];
    for (let time = 0; time < 3; time++) {
      outcomes.push(await registerDataset(loop.app, drop));
      loop.passHours(1);
    }
    expect(outcomes.map((one) => one.status === "accepted" && [one.version, one.created])).toEqual([
      [3, true],
      [3, false],
      [3, false],
    ]);
  });

  it("changes nothing when it is only the message of its first drop that comes late", async () => {
    loop = await Loop.start({ ...hourlySpec(usecase), policies: { onNewData: "none" } });
    const first = { usecase, file: "good.csv", bytes: Buffer.from(good), droppedAt: loop.clock.now() };
    await registerDataset(loop.app, first);
    loop.passHours(1);
    await loop.drop(usecase, hourlyCsv(100, 340, 50), "corrected.csv");
    loop.passHours(1);
    expect(await registerDataset(loop.app, first)).toMatchObject({ version: 1, created: false });
    expect(await registerDataset(loop.app, { ...first, droppedAt: undefined })).toMatchObject({ version: 1 });
    expect(await versions()).toEqual(["1 good.csv", "2 corrected.csv"]);
  });

  it("is refused when a person has withdrawn its version since, and the message says how to restore it", async () => {
    await withReplacedRows();
    await loop.app.datasets.withdraw(change(2));
    const bad = { usecase, file: "bad.csv", bytes: Buffer.from(hourlyCsv(100, 340, 50)) };
    const late = await registerDataset(loop.app, { ...bad, droppedAt: new Date(loop.clock.time - 5_400_000) });
    expect(late).toMatchObject({ status: "accepted", version: 2, created: false });
    loop.passHours(1);
    expect(await registerDataset(loop.app, { ...bad, droppedAt: loop.clock.now() })).toEqual({
      status: "rejected",
      reasons: [
        {
          message: expect.stringMatching(
            /^these bytes are dataset version 2, which Ann withdrew at .*: the gauge was moved\. POST \/datasets\/high-level\/2\/restore puts it back into use$/,
          ),
        },
      ],
    });
    expect(await versions()).toEqual(["1 good.csv", "2 bad.csv"]);
  });
});

describe("a dropped file that replaces known rows", () => {
  it("says how many and by how much, also where the versions before kept no times", async () => {
    loop = await Loop.start({ ...hourlySpec(usecase), policies: { onNewData: "none" } });
    const { register } = loop.app.datasets;
    // as versions were registered before their times were kept
    loop.app.datasets.register = ({ from: _from, to: _to, droppedAt: _at, ...old }) =>
      register.call(loop.app.datasets, old);
    await loop.drop(usecase, hourlyCsv(0, 720), "first.csv");
    loop.app.datasets.register = register;
    await loop.drop(usecase, hourlyCsv(700, 760, 50), "second.csv");
    expect((await loop.app.datasets.versions(usecase)).map(({ notes, from, to }) => ({ notes, from, to }))).toEqual([
      { notes: [] },
      {
        notes: ["20 of 60 rows replace known rows: level differs in 100 % of them, by 50 cm on average"],
        from: "2024-01-30T04:00:00.000Z",
        to: "2024-02-01T15:00:00.000Z",
      },
    ]);
  });
});
