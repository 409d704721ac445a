import type { Invocation, Telemetry, TelemetryAttributes } from "../../shared/ports";

/** Telemetry that keeps what it receives, for tests to inspect. */
export class RecordedTelemetry implements Telemetry {
  readonly events: { name: string; attributes: TelemetryAttributes; measurements: Record<string, number> }[] = [];
  readonly metrics: { name: string; value: number; attributes: TelemetryAttributes }[] = [];

  event(name: string, attributes: TelemetryAttributes = {}, measurements: Record<string, number> = {}): void {
    this.events.push({ name, attributes, measurements });
  }

  metric(name: string, value: number, attributes: TelemetryAttributes = {}): void {
    this.metrics.push({ name, value, attributes });
  }

  invocation<T>(_invocation: Invocation, work: () => Promise<T>): Promise<T> {
    return work();
  }

  async flush(): Promise<void> {}
}
