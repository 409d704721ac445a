import type { AlertStore } from "../alerts/alertStore";
import { messageOf } from "../errors";
import type { Telemetry } from "../ports";
import { telemetryEvents } from "../telemetryNames";
import type { BreakerOptions, VersionName, VersionPause } from "./versionBreakers";

export interface PausePorts {
  alerts: Pick<AlertStore, "raise" | "resolve">;
  telemetry: Pick<Telemetry, "event">;
  instance: string;
  /** a line for the host's log */
  log: (line: string) => void;
}

const pausedRule = "version-paused";

/**
 * Reports when a version is paused because its runs had to be stopped, and when it runs again: in the log, in
 * telemetry, and as an alert of the model.
 */
export function tellOfPauses(ports: PausePorts): Pick<BreakerOptions, "onPause" | "onResume"> {
  const stored = (change: Promise<unknown>) =>
    change.catch((error) => ports.log(`scoring: the alert could not be stored (${messageOf(error)})`));
  return {
    onPause: (pause) => {
      const { model, version, seconds, stops, reason } = pause;
      ports.log(`scoring: version ${version} of ${model} is paused for ${seconds} s (${reason})`);
      ports.telemetry.event(telemetryEvents.versionPaused, { model, version, reason }, { seconds, stops });
      void stored(ports.alerts.raise(pausedAlert(pause, ports.instance)));
    },
    onResume: ({ model, version }: VersionName) => {
      ports.log(`scoring: version ${version} of ${model} runs again`);
      ports.telemetry.event(telemetryEvents.versionResumed, { model, version });
      void stored(ports.alerts.resolve(model, pausedRule));
    },
  };
}

function pausedAlert({ model, version, seconds, stops, reason }: VersionPause, instance: string) {
  return {
    subject: model,
    rule: pausedRule,
    severity: "error" as const,
    summary:
      `version ${version} is paused for ${seconds} s: its runs had to be stopped ${stops} times, most recently because ${reason}; ` +
      "if an alias points to it, move the alias to another version",
    evidence: { version, stops, reason, instance },
  };
}
