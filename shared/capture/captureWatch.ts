import { setTimeout as pause } from "node:timers/promises";
import type { AlertStore } from "../alerts/alertStore";
import { messageOf } from "../errors";
import type { Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import type { CaptureReports } from "./inferenceLog";

export interface CaptureWatchPorts {
  alerts: Pick<AlertStore, "raise" | "resolve">;
  telemetry: Pick<Telemetry, "event">;
  instance: string;
  /** a line for the host's log */
  log: (line: string) => void;
  /** between two log lines or attempts about one condition */
  pauseMs?: number;
}

const subject = "tidegate";
const lostRule = "capture-lost";
const failingRule = "capture-failing";
const pauseMs = 30_000;

/**
 * Reports the state of the inference log: a line in the host's log at once, and alerts, which are retried until storage
 * accepts them. Lost records raise an alert that a person closes; failing appends raise one that ends with the next
 * success.
 */
export class CaptureWatch implements CaptureReports {
  private lostTotal = 0;
  private lostAlerted = 0;
  private lostReason = "";
  private failure?: string;
  private failureAlerted = false;
  private lostLine = new Paced();
  private failureLine = new Paced();
  private telling?: Promise<void>;

  constructor(private readonly ports: CaptureWatchPorts) {}

  lost(count: number, reason: string): void {
    this.lostTotal += count;
    this.lostReason = reason;
    this.ports.telemetry.event(telemetryEvents.captureLost, { reason }, { count });
    if (this.lostLine.isDue(this.pauseMs))
      this.ports.log(`capture: ${this.lostTotal} requests were lost since the start (${reason})`);
    this.tell();
  }

  failed(reason: string): void {
    this.failure = reason;
    if (this.failureLine.isDue(this.pauseMs))
      this.ports.log(`capture: requests cannot be written and wait in memory (${reason})`);
    this.tell();
  }

  written(): void {
    if (this.failure === undefined) return;
    this.failure = undefined;
    this.failureLine = new Paced();
    this.ports.log("capture: requests are written again");
    this.tell();
  }

  private get pauseMs(): number {
    return this.ports.pauseMs ?? pauseMs;
  }

  private tell(): void {
    this.telling ??= this.tellAll().finally(() => {
      this.telling = undefined;
    });
  }

  /** Brings the alerts in line with the state, as often as that takes. */
  private async tellAll(): Promise<void> {
    while (this.lostAlerted < this.lostTotal || this.failureAlerted !== (this.failure !== undefined)) {
      try {
        await this.tellOnce();
      } catch (error) {
        this.ports.log(`capture: the alert could not be stored yet (${messageOf(error)})`);
      }
      await pause(this.pauseMs, undefined, { ref: false });
    }
  }

  private async tellOnce(): Promise<void> {
    const { alerts, instance } = this.ports;
    if (this.lostAlerted < this.lostTotal) {
      const total = this.lostTotal;
      await alerts.raise({
        subject,
        rule: lostRule,
        severity: "error",
        summary: `${total - this.lostAlerted} captured requests were lost: ${this.lostReason}`,
        evidence: { instance, reason: this.lostReason, lostSinceStart: total },
      });
      this.lostAlerted = total;
    }
    const { failure } = this;
    if (failure !== undefined && !this.failureAlerted)
      await alerts.raise({
        subject,
        rule: failingRule,
        severity: "warning",
        summary: `captured requests cannot be written and wait in memory: ${failure}`,
        evidence: { instance, reason: failure },
      });
    else if (failure === undefined && this.failureAlerted) await alerts.resolve(subject, failingRule);
    this.failureAlerted = failure !== undefined;
  }
}

/** Something that may be logged once in a while. */
class Paced {
  private last = Number.NEGATIVE_INFINITY;

  isDue(everyMs: number): boolean {
    const now = performance.now();
    if (now - this.last < everyMs) return false;
    this.last = now;
    return true;
  }
}
