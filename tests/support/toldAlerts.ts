import { AlertStore } from "../../shared/alerts/alertStore";
import { type Destination, readDestinations } from "../../shared/alerts/channels/registry";
import type { DeliveryPorts } from "../../shared/alerts/deliveries/deliveryPorts";
import { type DeliveryMessage, deliveryMessage } from "../../shared/alerts/deliveries/deliveryQueue";
import { listDeliveries } from "../../shared/alerts/deliveries/listDeliveries";
import { planDeliveries } from "../../shared/alerts/deliveries/planDeliveries";
import { sweepDeliveries } from "../../shared/alerts/deliveries/sweepDeliveries";
import { tryDelivery } from "../../shared/alerts/deliveries/tryDelivery";
import type { TableStore } from "../../shared/ports";
import { RecordedTelemetry } from "./recordedTelemetry";

type Env = Record<string, string>;

/**
 * Alerts and their deliveries on real tables, with a queue that keeps the test's time: a delayed message comes when the
 * test's clock has reached it.
 */
export class ToldAlerts {
  readonly telemetry = new RecordedTelemetry();
  readonly clock = { time: Date.parse("2026-01-10T00:00:00Z"), now: () => new Date(this.clock.time++) };
  readonly alerts: AlertStore;
  readonly ports: DeliveryPorts & { destinations: readonly Destination[] };
  /** whether the queue loses what it is given */
  losesMessages = false;
  private waiting: { message: DeliveryMessage; atMs: number }[] = [];

  constructor(
    readonly tables: TableStore,
    env: Env,
    usecases: DeliveryPorts["usecases"] = new Map(),
  ) {
    const { clock, telemetry } = this;
    const queues = { send: async (_queue: string, message: object, options = {}) => this.keep(message, options) };
    const announce = (announcement: object) => queues.send("deliveries", { announcement });
    this.alerts = new AlertStore({ tables, clock, telemetry, dispatch: async (alert) => alert, announce });
    const app = { tables, queues, clock, telemetry, alerts: this.alerts, usecases };
    this.ports = {
      ...app,
      destinations: destinationsOf(env),
      messageAddresses: { app: "https://gate.example.org" },
      alertPicture: async () => undefined,
    };
  }

  /** The app as it starts again with other settings. */
  setUp(env: Env): void {
    Object.assign(this.ports, { destinations: destinationsOf(env) });
  }

  /** Handles what is due until nothing is; returns how many messages there were. */
  async work(): Promise<number> {
    for (let handled = 0; ; handled++) {
      const next = this.waiting.findIndex(({ atMs }) => atMs <= this.clock.time);
      if (next < 0) return handled;
      const [{ message }] = this.waiting.splice(next, 1);
      await this.handle(message);
    }
  }

  /** Lets time pass, handling messages when they are due. */
  async pass(seconds: number): Promise<void> {
    const end = this.clock.time + seconds * 1000;
    for (;;) {
      await this.work();
      const next = Math.min(...this.waiting.map(({ atMs }) => atMs));
      if (next > end) break;
      this.clock.time = Math.max(this.clock.time, next);
    }
    this.clock.time = Math.max(this.clock.time, end);
  }

  /** As an instance does that was killed: what it had of the queue comes again by the sweep alone. */
  async handle(message: DeliveryMessage): Promise<void> {
    if ("announcement" in message) await planDeliveries(this.ports, message.announcement);
    else await tryDelivery(this.ports, message.delivery);
  }

  /** The messages that wait, which are then gone. */
  take(): DeliveryMessage[] {
    return this.waiting.splice(0).map(({ message }) => message);
  }

  sweep(): Promise<string[]> {
    return sweepDeliveries(this.ports);
  }

  async log(alert: string) {
    const found = await listDeliveries(this.tables, alert, (error) => {
      throw error;
    });
    return found.map(({ channel, event, status, attempts }) => ({
      ...{ channel, event, status },
      errors: attempts.map(({ error }) => error),
    }));
  }

  private keep(message: object, { delaySeconds = 0 }: { delaySeconds?: number }): void {
    if (this.losesMessages) throw new Error("the queue is away");
    const parsed = deliveryMessage.parse(JSON.parse(JSON.stringify(message)));
    this.waiting.push({ message: parsed, atMs: this.clock.time + delaySeconds * 1000 });
  }
}

function destinationsOf(env: Env): Destination[] {
  const { destinations, faults } = readDestinations(env);
  if (faults.length > 0) throw new Error(faults.join());
  return destinations;
}
