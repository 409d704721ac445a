import type { AlertStore } from "../alerts/alertStore";
import { isAppError, messageOf } from "../errors";
import type { Telemetry } from "../ports";
import type { ModelVersion } from "../registry/modelVersion";
import { type ErrorEventName, errorEventCodes } from "../telemetryNames";
import type { RowWarnings } from "./rowWarnings";

export interface ErrorEventPorts {
  telemetry: Pick<Telemetry, "event">;
  alerts: Pick<AlertStore, "raise" | "resolveWhere">;
  /** counts every event of a model, sent or not */
  count?: (name: ErrorEventName, model: string) => void;
  /** a line for the host's log */
  log: (line: string) => void;
  /** monotonic clock, ms */
  nowMs?: () => number;
}

type VersionName = Pick<ModelVersion, "model" | "version">;

/** at most one event of a kind and model, and one alert of a version, is sent in so long */
const pauseMs = 60_000;

/** A kind of event of one model: when it was last sent, and how many came since. */
interface Sent {
  atMs: number;
  held: number;
}

const missingRule = "file-not-found";

/**
 * Reports what goes wrong in scoring by the events of docs/telemetry.md, each at most once a minute for a model: a
 * flood of bad requests costs an increment each, and the next event says how many there were. No message holds what a
 * caller sent.
 */
export class ErrorEvents {
  private readonly sent = new Map<string, Sent>();
  private readonly nowMs: () => number;

  constructor(private readonly ports: ErrorEventPorts) {
    this.nowMs = ports.nowMs ?? (() => performance.now());
  }

  /** A request that a loaded version was to answer has failed; errors that are no event of ours are left out. */
  failed(version: VersionName, error: unknown): void {
    if (!isAppError(error)) return;
    const { code, details, message } = error;
    switch (code) {
      case "preparation_failed":
        this.tell("ScalingException", version, () => "the rows could not be prepared");
        return;
      case "timeout":
      case "crashed":
        this.tell("InferenceException", version, () => message);
        return;
      case "internal":
        // what the runtime says may quote a value
        this.tell("InferenceException", version, () => "the model failed on these rows");
        return;
      case "invalid_input":
        // without a place it is about the body, not about a value
        if (details.some(({ path }) => path !== ""))
          this.tell("ValueNotFound", version, () => `${details[0].path}: ${details[0].message}`);
    }
  }

  /** Some values of a request are outside their declared range. */
  outOfBounds(version: VersionName, { first }: RowWarnings): void {
    this.tell("OutOfBounds", version, () => {
      const found = first.find(({ code }) => code === "out_of_range");
      return found ? `${found.path}: ${found.message}` : "a value is outside its declared range";
    });
  }

  /** A version could not be loaded; where a file of it is missing, people are told at once. */
  notLoaded({ model, version }: VersionName, error: unknown): void {
    if (!isAppError(error, "file_not_found")) return;
    const message = `version ${version} cannot be loaded: ${error.message}`;
    if (!this.tell("FileNotFound", { model, version }, () => message)) return;
    const raised = this.ports.alerts.raise({
      subject: model,
      rule: missingRule,
      severity: "error",
      summary: message,
      evidence: { version, errorCode: errorEventCodes.FileNotFound },
    });
    this.stored(raised);
  }

  /** A version was loaded, so that no file of it is missing. */
  loaded({ model, version }: VersionName): void {
    this.sent.delete(`FileNotFound ${model}`);
    this.stored(this.ports.alerts.resolveWhere(model, missingRule, ({ evidence }) => evidence.version === version));
  }

  /** Whether the event was sent, and not only counted. */
  private tell(name: ErrorEventName, { model, version }: VersionName, message: () => string): boolean {
    this.ports.count?.(name, model);
    const key = `${name} ${model}`;
    const before = this.sent.get(key);
    const nowMs = this.nowMs();
    if (before !== undefined && nowMs - before.atMs < pauseMs) {
      before.held++;
      return false;
    }
    this.sent.set(key, { atMs: nowMs, held: 0 });
    const attributes = { model, version, error_message: message() };
    this.ports.telemetry.event(name, attributes, { ErrorCode: errorEventCodes[name], count: 1 + (before?.held ?? 0) });
    return true;
  }

  private stored(change: Promise<unknown>): void {
    change.catch((error) => this.ports.log(`scoring: the alert could not be stored (${messageOf(error)})`));
  }
}
