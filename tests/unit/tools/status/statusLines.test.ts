import { describe, expect, it } from "vitest";
import type { Status } from "../../../../tools/status/readStatus";
import { statusLines } from "../../../../tools/status/statusLines";

const now = new Date("2026-01-02T12:00:00Z");
const storage = "DefaultEndpointsProtocol=http;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;";
const info = { url: "http://127.0.0.1:7071", functionKey: "f", masterKey: "m", storage, ready: true };
const quiet = {
  info: { ...info, usecases: ["fruit", "lots"] },
  notReady: [],
  capture: { mode: "buffered", lostRecords: 0 },
  datasets: [],
  files: [],
  runs: [],
  openRuns: [],
  champions: [{ model: "fruit" }, { model: "lots" }],
  alerts: [],
  unreadable: {},
} as Status;

describe("the status in the terminal", () => {
  it("says that a new Tidegate has nothing yet", () => {
    expect(statusLines(quiet, now)).toEqual([
      "address     http://127.0.0.1:7071",
      "storage     reachable at 127.0.0.1:10000",
      "files       none waiting; 0 of 0 in the inboxes rejected",
      "datasets    none yet: fruit, lots",
      "runs        none yet",
      "champions   none yet: fruit, lots",
      "alerts      none open",
      "predictions none captured yet (capture buffered)",
    ]);
  });

  it("shows the current state, with figures", () => {
    const busy = {
      ...quiet,
      notReady: ["storage does not answer within 2 s"],
      capture: { mode: "durable", lostRecords: 3 },
      datasets: [1, 2].map((version) => ({ usecase: "fruit", version, rowCount: version * 1000 })),
      files: ["pending", "rejected", "accepted"].map((status) => ({ status, folder: "fruit", file: `${status}.csv` })),
      runs: [{ id: "fruit.data-v2", status: "training" }],
      openRuns: [
        { id: "fruit.data-v2", status: "training", progress: { trialsDone: 2, trialsTotal: 6, secondsLeft: 12 } },
      ],
      champions: [
        {
          model: "fruit",
          champion: {
            version: 4,
            selectionMetric: "brier",
            metrics: { brier: 0.040012 },
            notShownBetter: ["persistence"],
            baselines: { majority: { brier: 0.05 }, persistence: { brier: 0.0427 } },
          },
        },
        { model: "elsewhere", champion: { version: 1 } },
      ],
      alerts: [1, 2, 3, 4, 5].map((minute) => ({
        subject: "fruit",
        rule: `rule-${minute}`,
        severity: "warning",
        raisedAt: `2026-01-02T11:5${minute}:00Z`,
      })),
      lastCaptured: { model: "fruit", at: new Date("2026-01-02T09:00:00Z") },
    } as unknown as Status;
    expect(statusLines(busy, now)).toEqual([
      "address     http://127.0.0.1:7071",
      "storage     storage does not answer within 2 s",
      "files       1 waiting (fruit/pending.csv); 1 of 3 in the inboxes rejected",
      "datasets    fruit: 2 versions, the newest is 2 with 2000 rows",
      "            none yet: lots",
      "runs        fruit.data-v2 is training: 2 of 6 trials, about 12 s left",
      "champions   fruit 4: Brier score 0.04001, not shown better than persistence (majority 0.05, persistence 0.0...",
      "            elsewhere 1: trained elsewhere, not evaluated here",
      "alerts      fruit rule-1 (warning), raised 9 min ago",
      "            fruit rule-2 (warning), raised 8 min ago",
      "            fruit rule-3 (warning), raised 7 min ago",
      "            and 2 more: GET /alerts?status=open",
      "predictions last captured 3 h ago, for fruit (capture durable, 3 records lost)",
    ]);
  });

  it("names what cannot be read beside what can, and calls nothing empty that may not be", () => {
    const named = (list: string) => [`the row of ${list} cannot be read`];
    const lists = ["datasets", "files", "runs", "champions", "alerts"] as const;
    const damaged = {
      ...quiet,
      datasets: [{ usecase: "fruit", version: 1, rowCount: 10 }],
      champions: [{ model: "fruit" }, { model: "lots", unreadable: "the alias cannot be read" }],
      unreadable: {
        ...Object.fromEntries(lists.map((list) => [list, named(list)])),
        champions: [...named("champions"), "the alias cannot be read"],
      },
    } as unknown as Status;
    expect(statusLines(damaged, now).slice(2, -1)).toEqual([
      "files       none waiting; 0 of 0 in the inboxes rejected",
      "            the row of files cannot be read",
      "datasets    fruit: 1 version, the newest is 1 with 10 rows",
      "            none that can be read: lots",
      "            the row of datasets cannot be read",
      "runs        none that can be read",
      "            the row of runs cannot be read",
      "champions   lots: the alias cannot be read",
      "            none yet: fruit",
      "            the row of champions cannot be read",
      "alerts      the row of alerts cannot be read",
    ]);
    const openRuns = [{ id: "fruit.data-v2", status: "training", unreadable: "its plan cannot be read" }];
    expect(statusLines({ ...damaged, openRuns } as Status, now)).toContain(
      "runs        fruit.data-v2 is training: its plan cannot be read",
    );
  });

  it("says how the last run ended if none is running, in one line however long its message", () => {
    const run = { id: "fruit.data-v1", status: "failed", finishedAt: "2026-01-01T12:00:00Z", message: "x".repeat(300) };
    const lines = statusLines({ ...quiet, runs: [run] } as unknown as Status, now);
    const [line] = lines.filter((text) => text.startsWith("runs"));
    expect(line).toMatch(/^runs {8}none running; the last one, fruit\.data-v1, ended as failed 24 h ago: x+\.\.\.$/);
    expect(line.length).toBeLessThanOrEqual(110);
  });
});
