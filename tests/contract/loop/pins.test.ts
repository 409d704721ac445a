import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { startRun } from "../../../shared/training/startRun";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const sample = readFileSync(`models/${usecase}/sample.csv`);
/** One trial: a large penalty gives a model that hardly tells one lot from another. */
const spec = (l2: number) => ({
  ...shippedSpec(usecase),
  candidates: [{ learner: "logistic-regression", grid: { l2: [l2] } }],
  gates: { bootstrapSamples: 200 },
});

let loop: Loop;
afterEach(() => loop?.stop());

/** A poor version 1 that a person has made champion. */
async function withPoorChampion(pinOf: () => { until?: string } | undefined): Promise<void> {
  loop = await Loop.start(spec(1e5));
  await loop.drop(usecase, sample);
  await loop.drain();
  await moveTo(1, pinOf());
  loop.deploy(spec(1));
}

const moveTo = (version: number, pin?: { until?: string }) =>
  loop.app.registry.moveAlias({
    model: usecase,
    alias: "champion",
    version,
    pin,
    operation: `by-hand-${version}-${JSON.stringify(pin)}`,
    actor: "Ann",
    reason: "version 2 scores the new harvest wrongly",
  });

async function train(cause: string) {
  loop.passHours(1);
  await startRun(loop.app, { usecase, trigger: "request", cause, force: true });
  await loop.drain();
  return loop.app.runs.get(`${usecase}.${cause}`);
}

describe("a champion that a person has moved", () => {
  it("is not replaced by a run while it is pinned; the version says by whom, since when and why", async () => {
    await withPoorChampion(() => ({}));
    const run = await train("better");
    expect(run).toMatchObject({ status: "succeeded", version: 2, promoted: false });
    const { gate } = await loop.app.registry.version(usecase, 2);
    expect(gate.decision).toBe("refused");
    expect(gate.reasons[0]).toMatch(
      /^the champion is pinned at version 1 by Ann since \d{4}-.*Z, until a person releases it: version 2 scores the new harvest wrongly$/,
    );
    expect(gate.reasons.join("\n")).toMatch(/beats the champion/);
    expect(run.message).toContain("pinned");
    expect(await loop.app.registry.alias(usecase, "champion")).toMatchObject({ version: 1, pin: { by: "Ann" } });
  });

  it("is replaced once the person has released it", async () => {
    await withPoorChampion(() => ({}));
    await moveTo(1);
    expect((await loop.app.registry.aliasesAndPins(usecase)).pins).toEqual({});
    expect(await train("better")).toMatchObject({ status: "succeeded", version: 2, promoted: true });
  });

  it("is replaced once the pin's date has passed", async () => {
    await withPoorChampion(() => ({ until: new Date(loop.clock.time + 30 * 60_000).toISOString() }));
    expect((await loop.app.registry.aliasesAndPins(usecase)).pins).toMatchObject({ champion: { by: "Ann" } });
    expect(await train("better")).toMatchObject({ status: "succeeded", version: 2, promoted: true });
  });

  it("is not replaced by a run that had been judged before the pin", async () => {
    await withPoorChampion(() => undefined);
    const { registry } = loop.app;
    let moves = 0;
    // the person's pin comes between the registration of the version and the run's own move
    const overtaken = Object.assign(Object.create(registry), {
      moveAlias: async (move: Parameters<typeof registry.moveAlias>[0]) => {
        if (moves++ === 0) await moveTo(1, {});
        return registry.moveAlias(move);
      },
    });
    loop.app.registry = overtaken;
    const run = await train("better");
    expect(run).toMatchObject({ status: "succeeded", version: 2, promoted: false });
    expect(run.message).toContain("pinned at version 1 by Ann");
  });
});
