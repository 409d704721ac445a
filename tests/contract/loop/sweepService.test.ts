import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sweepService } from "../../../shared/loop/sweepService";
import { monitorsSpec } from "../../../shared/monitoring/signals/registry";
import type { Usecase } from "../../../shared/usecase/loadUsecases";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start(shippedSpec(usecase));
  loop.clock.time = Date.parse("2026-03-10T10:01:00Z");
});
afterAll(() => loop?.stop());

const alerts = async (subject = usecase) =>
  (await loop.app.alerts.list(subject, 20)).map(({ rule, status }) => `${rule} ${status}`);

function answer(count: number, latencyMs: number, status = 200, model = usecase): void {
  for (let one = 0; one < count; one++) loop.app.serviceCounts.scored(model, 1, status, latencyMs);
}

const passMinutes = (minutes: number) => loop.passHours(minutes / 60);

describe("the service of a model", () => {
  it("that becomes slow raises an alert at the next sweep, which ends when it is fast again", async () => {
    answer(50, 10);
    await sweepService(loop.app);
    expect(await alerts()).toEqual([]);
    answer(200, 4000);
    passMinutes(1);
    expect(await sweepService(loop.app)).toEqual([expect.stringContaining(`${usecase}: service: p50: response time`)]);
    expect(await alerts()).toEqual(["response-time open"]);
    passMinutes(1);
    expect(await sweepService(loop.app)).toEqual([]);
    passMinutes(20);
    loop.deploy(shippedSpec(usecase)); // another process knows what it may have to end
    answer(50, 10);
    await sweepService(loop.app);
    expect(await alerts()).toEqual(["response-time resolved"]);
    const [newest] = await loop.app.monitors.list(usecase, { limit: 1, signal: "service" });
    expect(newest).toMatchObject({ verdict: "ok", version: 0, details: { settings: { windowMinutes: 15 } } });
  });

  it("is judged for models that no use case made, and for the app as a whole", async () => {
    passMinutes(30);
    answer(100, 10, 503, "uploaded");
    loop.app.serviceCounts.memory(8e9);
    await sweepService(loop.app);
    expect(await alerts("uploaded")).toEqual(["failed-requests open", "availability open"]);
    expect(await alerts("tidegate")).toEqual(["saturation open"]);
  });

  it("is judged by settings that a person changed, which the result echoes", async () => {
    passMinutes(60);
    const { monitorSettings } = loop.app;
    const by = { actor: "Ada", reason: "a slow model", operation: "one", model: usecase };
    const settings = { service: { maxLatencyMs: { p50: 9000, p95: 9000, p99: 9000 } } };
    await monitorSettings.change({ ...by, settings }, monitorsSpec.parse({}));
    answer(200, 4000);
    await sweepService(loop.app);
    expect(await alerts()).toEqual(["response-time resolved"]);
    const [newest] = await loop.app.monitors.list(usecase, { limit: 1, signal: "service" });
    expect(newest).toMatchObject({ details: { settings: { maxLatencyMs: { p95: 9000 } } } });
  });
});

describe("a sweep over a thousand models", () => {
  it("costs as many storage calls as one over ten, where only ten are asked", async () => {
    passMinutes(60);
    const [known] = loop.app.usecases.values();
    const many = new Map<string, Usecase>();
    for (let at = 0; at < 1000; at++) many.set(`m${at}`, { ...known, spec: { ...known.spec, name: `m${at}` } });
    let calls = 0;
    const counted = <T extends object>(store: T): T =>
      new Proxy(store, {
        get: (target, name) => {
          const value = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          return (...given: unknown[]) => {
            calls++;
            return value.apply(target, given);
          };
        },
      });
    const { alerts, registry, monitors, heldConditions, monitorSettings } = loop.app;
    const stores = {
      ...{ alerts: counted(alerts), registry: counted(registry), monitors: counted(monitors) },
      ...{ heldConditions: counted(heldConditions), monitorSettings: counted(monitorSettings) },
    };
    const callsOver = async (usecases: Map<string, Usecase>) => {
      passMinutes(1);
      calls = 0;
      await sweepService({ ...loop.app, ...stores, usecases });
      return calls;
    };
    for (let at = 0; at < 10; at++) answer(50, 10, 200, `m${at}`);
    await callsOver(many); // the first of its hour keeps a result of each model with requests
    const started = performance.now();
    const ofMany = await callsOver(many);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(ofMany).toBe(await callsOver(new Map([...many].slice(0, 10))));
    expect(ofMany).toBeLessThan(10);
  });
});
