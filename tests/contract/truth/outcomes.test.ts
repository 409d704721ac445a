import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BlobStore } from "../../../shared/ports";
import { requestIdAt } from "../../../shared/requestId";
import { giveFeedback } from "../../../shared/truth/giveFeedback";
import { type Storage, startStorage } from "../../support/storage";
import { signatureOf, stationSpec, TruthWorld } from "../../support/truthWorld";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage?.stop());

let count = 0;
const newWorld = (changes: object = {}) => new TruthWorld(storage.blobs, stationSpec(`outcomes-${++count}`, changes));
const hour = (at: number) => `2013-07-01T${String(at).padStart(2, "0")}`;
const rowAt = (at: number, State: string | null = "clear", Station = "JFK") => ({
  At: `${hour(at)}:00:00Z`,
  Station,
  Pressure: 1000,
  State,
});
const scored = (...wet: number[]) => ({
  label: wet.map((p) => (p >= 0.5 ? "wet" : "dry")),
  probability: wet.map((p) => Math.max(p, 1 - p)),
});
/** Counts what is read of the captures. */
function counting(blobs: BlobStore): BlobStore & { streams: number } {
  const counted = { ...blobs, streams: 0 };
  counted.stream = (...asked) => {
    counted.streams++;
    return blobs.stream(...asked);
  };
  return counted;
}

describe("outcomes", () => {
  it("are counted by the hour of the prediction, in its order, with scores, losses and slices", async () => {
    const world = newWorld();
    await world.capture(`${hour(9)}:30:00Z`, [rowAt(9, "clear", "LGA"), rowAt(9)], scored(0.75, 0.25));
    await world.capture(`${hour(9)}:10:00Z`, [rowAt(8)], scored(0.5));
    await world.capture(`${hour(12)}:10:00Z`, [rowAt(12)], scored(0.1));
    await world.tell([
      { entity: "LGA", time: `${hour(9)}:00`, label: "dry" },
      { entity: "JFK", time: `${hour(8)}:00`, label: "wet" },
    ]);
    const outcomes = await world.outcomes();
    expect(Object.keys(outcomes)).toEqual(["09:00", "12:00"]);
    expect(outcomes["12:00"]).toMatchObject({ predictions: 1, labelled: 0, wrongInOrder: "" });
    const { scores, sumBrier, sumLogLoss, ...counted } = outcomes["09:00"];
    expect(counted).toEqual({
      predictions: 3,
      labelled: 2,
      classes: ["dry", "wet"],
      confusion: [
        [0, 1],
        [0, 1],
      ],
      wrongInOrder: "01", // 09:10 before 09:30
      slices: {
        "Station=JFK": [
          [0, 0],
          [0, 1],
        ],
        "Station=LGA": [
          [0, 1],
          [0, 0],
        ],
        "At=month 07": [
          [0, 1],
          [0, 1],
        ],
      },
    });
    expect(sumBrier).toBeCloseTo(2 * 0.75 ** 2 + 2 * 0.5 ** 2, 12);
    expect(sumLogLoss).toBeCloseTo(-Math.log(0.25) - Math.log(0.5), 12);
    const { rows, sums, labelled, positives } = scores.wet;
    const filled = [12, 25, 37].map((bin) => [rows[bin], sums[bin], labelled[bin], positives[bin]]);
    expect(filled).toEqual([
      [1, 0.25, 0, 0],
      [1, 0.5, 1, 1],
      [1, 0.75, 1, 0],
    ]);
    expect(Object.keys(scores)).toEqual(["wet"]);
  });

  it("of three classes have the probabilities of each", async () => {
    const spec = stationSpec("three", { label: { column: "State" } });
    const world = new TruthWorld(storage.blobs, spec, signatureOf(spec, ["clear", "rain", "snow"]));
    const outputs = {
      label: ["rain", "clear"],
      probability: [0.5, 0.75],
      probabilities: [
        [0.25, 0.5, 0.25],
        [0.75, 0.125, 0.125],
      ],
    };
    const id = await world.capture(`${hour(9)}:30:00Z`, [rowAt(9), rowAt(8)], outputs);
    await world.tell([
      { requestId: id, row: 0, label: "snow" },
      { requestId: id, row: 1, label: "clear" },
    ]);
    const { confusion, scores, sumBrier, sumLogLoss } = (await world.outcomes())["09:00"];
    expect(confusion).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
    expect(Object.keys(scores)).toEqual(["clear", "rain", "snow"]);
    expect(sumBrier).toBeCloseTo(0.25 ** 2 + 0.5 ** 2 + 0.75 ** 2 + 0.25 ** 2 + 2 * 0.125 ** 2, 12);
    expect(sumLogLoss).toBeCloseTo(-Math.log(0.25) - Math.log(0.75), 12);
  });

  it("are counted again only where captures or truths have grown", async () => {
    const world = newWorld();
    for (const at of [6, 7, 8]) await world.capture(`${hour(at)}:05:00Z`, [rowAt(at, null)], scored(0.75));
    const blobs = counting(storage.blobs);
    const ports = { ...world.instance(), blobs };
    const streams = async () => {
      blobs.streams = 0;
      await world.outcomes(ports);
      return blobs.streams;
    };
    expect(await streams()).toBe(3);
    expect(await streams()).toBe(0);
    await world.tell([{ entity: "JFK", time: `${hour(7)}:00`, label: "dry" }]);
    expect(await streams()).toBe(1);
    await world.capture(`${hour(8)}:06:00Z`, [rowAt(8, null, "LGA")], scored(0.75));
    expect(await streams()).toBe(1);
    expect(await streams()).toBe(0);
    expect((await world.outcomes())["07:00"]).toMatchObject({ labelled: 1, wrongInOrder: "1" });
  });

  it("outlive the captures that they were counted from", async () => {
    const world = newWorld();
    await world.capture(`${hour(7)}:05:00Z`, [rowAt(7, null)], scored(0.75));
    await world.tell([{ entity: "JFK", time: `${hour(7)}:00`, label: "dry" }]);
    const counted = await world.outcomes();
    expect(counted["07:00"]).toMatchObject({ labelled: 1 });
    await storage.blobs.remove("inference", `${world.spec.name}/v1/${hour(7).replace(/[-T]/g, "/")}/i.jsonl`);
    expect(await world.outcomes()).toEqual(counted);
  });

  it("join an observation to the prediction a horizon before it, once it is there", async () => {
    const world = newWorld();
    for (const [at, state] of [
      [5, "rain"],
      [9, "rain"],
      [13, "clear"],
      [14, "snow"],
    ] as const)
      await world.capture(`${hour(at)}:05:00Z`, [rowAt(at, state)], scored(0.75));
    await world.observe();
    const outcomes = await world.outcomes();
    const told = Object.values(outcomes).map(({ labelled, wrongInOrder }) => `${labelled}${wrongInOrder}`);
    expect(told).toEqual(["10", "11", "0", "0"]); // 5 -> 9 rain; 9 -> 13 clear; 10 was not predicted
  });

  it("are the same when two instances observe, tell and count at once", async () => {
    const world = newWorld();
    for (const at of [5, 9, 13]) await world.capture(`${hour(at)}:05:00Z`, [rowAt(at, "rain")], scored(0.75));
    const rows = [{ entity: "JFK", time: `${hour(13)}:00`, label: "clear" }];
    const both = ["a", "b"].map((name) => world.instance(name));
    const answers = await Promise.all(both.flatMap((ports) => [world.tell(rows, ports), world.tell(rows, ports)]));
    for (const [answer] of answers) expect(["accepted", "repeated"]).toContain(answer.status);
    await Promise.all(both.map((ports) => world.observe(ports)));
    const [first, second] = await Promise.all(both.map((ports) => world.outcomes(ports)));
    expect(second).toEqual(first);
    const labelled = Object.values(first).map((one) => one.labelled);
    expect(labelled).toEqual([1, 1, 1]);
    expect(await world.outcomes(world.instance("c"))).toEqual(first);
  });

  it("lose nothing when an instance is killed between two steps", async () => {
    const world = newWorld();
    for (const at of [5, 9]) await world.capture(`${hour(at)}:05:00Z`, [rowAt(at, "rain")], scored(0.75));
    for (const dying of ["/observed/", "/rows/"]) {
      const create: BlobStore["create"] = async (container, name, ...content) => {
        if (name.includes(dying)) throw new Error("killed");
        return storage.blobs.create(container, name, ...content);
      };
      const blobs = { ...storage.blobs, create };
      const { truths } = new TruthWorld(blobs, world.spec).instance("killed");
      await expect(world.observe({ ...world.instance(), blobs, truths })).rejects.toThrow("killed");
    }
    await world.observe();
    expect((await world.outcomes())["05:00"]).toMatchObject({ labelled: 1, wrongInOrder: "0" });
    let appends = 0;
    const append: BlobStore["append"] = async (...asked) => {
      if (++appends > 1) throw new Error("killed");
      return storage.blobs.append(...asked);
    };
    const rows = [5, 9].map((at) => ({ entity: "JFK", time: `${hour(at)}:00`, label: "clear" }));
    const killed = new TruthWorld({ ...storage.blobs, append }, world.spec).instance("killed");
    await expect(world.tell(rows, killed)).rejects.toThrow("killed");
    expect((await world.tell(rows)).map(({ status }) => status)).toEqual(["repeated", "accepted"]);
    const outcomes = await world.outcomes();
    expect([outcomes["05:00"], outcomes["09:00"]].map(({ wrongInOrder }) => wrongInOrder)).toEqual(["1", "1"]);
  });

  it("do not depend on the order in which requests, observations and truths arrive", async () => {
    interface Arrival {
      kind: "capture" | "feedback" | "observe" | "count";
      at: number;
      minute: number;
      wet: boolean;
    }
    const arrival = fc.record<Arrival>({
      kind: fc.constantFrom("capture", "feedback", "observe", "count"),
      at: fc.constantFrom(5, 9, 13),
      minute: fc.integer({ min: 0, max: 59 }),
      wet: fc.boolean(),
    });
    const arrivals = fc.uniqueArray(arrival, { selector: ({ minute }) => minute, minLength: 3, maxLength: 9 });
    const given = arrivals.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    const play = async (all: Arrival[]) => {
      const world = newWorld();
      for (const { kind, at, minute, wet } of all) {
        const State = wet ? "rain" : "clear";
        const time = `${hour(at)}:${String(minute).padStart(2, "0")}:00.000Z`;
        const id = requestIdAt(new Date(time), `00000000-0000-4000-8000-0000000000${String(minute + 10)}`);
        // one instance each: the numbers of their lines do not come in the order of their times
        if (kind === "capture") await world.capture(time, [rowAt(at, State)], scored(wet ? 0.75 : 0.25), id, id);
        else if (kind === "feedback") {
          const source = { source: "feedback", at: `2013-07-02T00:${String(minute).padStart(2, "0")}:00.000Z` };
          const rows = [{ entity: "JFK", time: `${hour(at)}:00`, label: State }];
          await giveFeedback(world.instance(String(minute)), world.spec, rows, source);
        } else if (kind === "observe") await world.observe();
        else await world.outcomes();
      }
      await world.observe();
      return world.outcomes();
    };
    // a repeat is not stored: without them, the order of the rest is free
    const withoutRepeats = (all: Arrival[]) => {
      const told = all.filter(({ kind }) => kind === "feedback").map(({ at, wet }) => `${at} ${wet}`);
      return new Set(told).size === told.length;
    };
    await fc.assert(
      fc.asyncProperty(given, async ([all, shuffled]) => {
        fc.pre(withoutRepeats(all));
        expect(await play(shuffled)).toEqual(await play(all));
      }),
      { numRuns: 8, seed: 1 },
    );
  });
});
