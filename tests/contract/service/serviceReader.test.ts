import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requestCounts } from "../../../shared/monitoring/serviceProfile";
import { ServiceCounts } from "../../../shared/service/serviceCounts";
import { ServiceLog, serviceContainer } from "../../../shared/service/serviceLog";
import { ServiceReader, wholeApp } from "../../../shared/service/serviceReader";
import { type Storage, startStorage } from "../../support/storage";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
  await storage.clients.blobs.createContainer(serviceContainer);
});
afterAll(() => storage?.stop());

const never = 2 ** 30;
const clock = { time: 0, now: () => new Date(clock.time) };
const at = (text: string) => {
  clock.time = Date.parse(text);
};
const unreadable: string[] = [];
const reader = () =>
  new ServiceReader({ blobs: storage.blobs, clock, onUnreadable: ({ message }) => unreadable.push(message) });

function instance(name: string, write = storage.blobs.write) {
  const counts = new ServiceCounts(clock, ["pears"]);
  const blobs = { write };
  const log = new ServiceLog({
    ...{ blobs, counts, instance: name, log: () => {} },
    ...{ writeEveryMs: never, sampleEveryMs: never },
  });
  return { counts, log };
}

const range = (from: string, to: string) => ({ from: new Date(from), to: new Date(to) });
const requests = async (model: string, from: string, to: string, by = reader()) =>
  requestCounts(await by.profile(model, range(from, to))).all;

describe("counts of ten instances", () => {
  it("are read as one, by five minutes and by model, and each instance replaces only what is its own", async () => {
    const instances = Array.from({ length: 10 }, (_, number) => instance(`one-${number}`));
    for (const time of ["2026-03-01T10:01:00Z", "2026-03-01T10:07:00Z", "2026-03-01T11:59:00Z"]) {
      at(time);
      for (const { counts } of instances) {
        counts.scored("pears", 1, 200, 20);
        counts.scored("plums", 1, 503, 20);
        counts.minute();
      }
      await Promise.all(instances.map(({ log }) => log.flush()));
    }
    expect(await requests("pears", "2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z")).toBe(30);
    expect(await requests("pears", "2026-03-01T10:05:00Z", "2026-03-01T10:10:00Z")).toBe(10);
    expect(await requests(wholeApp, "2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z")).toBe(60);
    expect(await requests("figs", "2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z")).toBe(0);
    expect((await reader().profile("figs", range("2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z"))).minutes).toBe(30);
  });

  it("are rolled up once a day is over, and again where an hour came late", async () => {
    const day = ["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"] as const;
    at("2026-03-02T05:00:00Z");
    expect(await requests("pears", ...day)).toBe(30);
    expect(await storage.blobs.stat(serviceContainer, "days/2026-03-01.json")).toBeDefined();
    const late = instance("late");
    at("2026-03-01T15:00:00Z");
    late.counts.scored("pears", 1, 200, 20);
    at("2026-03-02T06:00:00Z");
    await late.log.flush();
    expect(await requests("pears", ...day)).toBe(31);
    await storage.blobs.write(serviceContainer, "days/2026-03-01.json", "no document");
    expect(await requests("pears", ...day)).toBe(31);
  });
});

describe("a process", () => {
  it("that is killed loses only what it had not written", async () => {
    at("2026-03-05T10:00:00Z");
    const { counts, log } = instance("killed");
    counts.scored("pears", 1, 200, 20);
    await log.flush();
    counts.scored("pears", 1, 200, 20); // and it dies
    expect(await requests("pears", "2026-03-05T10:00:00Z", "2026-03-05T11:00:00Z")).toBe(1);
  });

  it("whose writes fail goes on counting, and writes all of it later, without a failure for anyone", async () => {
    at("2026-03-06T10:00:00Z");
    let isAway = true;
    const { counts, log } = instance("failing", (...blob) =>
      isAway ? Promise.reject(new Error("storage is away")) : storage.blobs.write(...blob),
    );
    for (let hour = 0; hour < 3; hour++) {
      counts.scored("pears", 1, 200, 20);
      await log.flush();
      clock.time += 3_600_000;
    }
    isAway = false;
    await log.close();
    expect(await requests("pears", "2026-03-06T10:00:00Z", "2026-03-06T14:00:00Z")).toBe(3);
  });

  it("whose clock is set back adds to the hour that it wrote before, and replaces nothing", async () => {
    const { counts, log } = instance("jumping");
    for (const time of ["2026-03-07T10:00:00Z", "2026-03-07T11:00:00Z", "2026-03-07T10:01:00Z"]) {
      at(time);
      counts.scored("pears", 1, 200, 20);
      await log.flush();
    }
    expect(await requests("pears", "2026-03-07T10:00:00Z", "2026-03-07T11:00:00Z")).toBe(2);
  });

  it("finds a damaged hour left out of the others, and is told", async () => {
    at("2026-03-07T12:00:00Z");
    await storage.blobs.write(serviceContainer, "2026/03/07/11/broken-1.json", "{");
    expect(await requests("pears", "2026-03-07T10:00:00Z", "2026-03-07T12:00:00Z")).toBe(3);
    expect(unreadable.join()).toContain("2026/03/07/11/broken-1.json");
  });
});
