import { randomUUID } from "node:crypto";
import { captureLine } from "../../shared/capture/captureLine";
import { captureContainer } from "../../shared/capture/inferenceLog";
import type { OutcomeProfile } from "../../shared/monitoring/outcomeProfile";
import type { ModelSignature } from "../../shared/onnx/signature";
import type { BlobStore } from "../../shared/ports";
import { requestIdAt } from "../../shared/requestId";
import { hourPath } from "../../shared/time";
import { type FeedbackAnswer, giveFeedback } from "../../shared/truth/giveFeedback";
import { KnownPredictions } from "../../shared/truth/knownPredictions";
import { observe } from "../../shared/truth/observe";
import { outcomesIn } from "../../shared/truth/outcomes";
import { TruthStore } from "../../shared/truth/truthStore";
import { ColumnMasks } from "../../shared/usecase/columnMasks";
import { taskOf } from "../../shared/usecase/specTask";
import { type UsecaseSpec, usecaseSpec } from "../../shared/usecase/usecaseSpec";

/** A use case of stations that are wet or dry four hours later; `changes` to its fields. */
export function stationSpec(name: string, changes: object = {}): UsecaseSpec {
  return usecaseSpec.parse({
    name,
    title: "wet in four hours",
    columns: {
      At: { type: "timestamp" },
      Station: { type: "category" },
      Pressure: { type: "number" },
      State: { type: "category", values: ["rain", "snow", "clear"] },
    },
    time: "At",
    entity: "Station",
    label: { column: "State", mapping: { rain: "wet", snow: "wet", clear: "dry" }, positive: "wet" },
    horizonHours: 4,
    features: ["Pressure"],
    split: { kind: "time", holdoutFrom: "2013-01-01T00:00:00Z", folds: 2 },
    candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
    selection: { metric: "brier" },
    evaluation: { slices: ["Station", "At"] },
    ...changes,
  });
}

const feature = { name: "Pressure", type: "number" as const, nullable: true, input: "Pressure", index: 0 };
/** Signature of a version whose only feature is Pressure. */
export function signatureOf(spec: UsecaseSpec, classes: string[] = ["dry", "wet"]): ModelSignature {
  const given = { inputs: [], outputs: [], features: [feature] };
  if (taskOf(spec) === "regression") return { ...given, valueOutput: "value" };
  return { ...given, labelOutput: "label", probabilityOutput: "probabilities", classes };
}

/** Captured requests of a use case on storage, and what is told of them; no model is needed. */
export class TruthWorld {
  readonly clock = { now: () => new Date(this.nowMs) };
  nowMs = Date.parse("2013-07-02T00:00:00Z");
  private sequence = 0;

  constructor(
    readonly blobs: BlobStore,
    readonly spec: UsecaseSpec,
    readonly signature = signatureOf(spec),
  ) {}

  /** This instance, or another one that knows nothing of it. */
  instance(name = "a") {
    const { blobs, clock } = this;
    const truths = new TruthStore(blobs, name);
    return {
      blobs,
      clock,
      truths,
      masks: new ColumnMasks("a key"),
      predictions: new KnownPredictions({ blobs, clock }),
    };
  }

  /** Captures an answered request at a time; returns its id. */
  async capture(
    time: string,
    rows: object[],
    outputs: object,
    id = requestIdAt(new Date(time), randomUUID()),
    instance = "i",
  ) {
    const entry = { id, model: this.spec.name, version: 1, status: 200, latencyMs: 1, rows: rows.length };
    const more = {
      route: "champion",
      format: "plain",
      inputs: JSON.stringify({ rows }),
      outputs: JSON.stringify(outputs),
    };
    const stamp = { model: this.spec.name, time: new Date(time), instance, sequence: ++this.sequence };
    const line = captureLine({ ...entry, ...more }, stamp, 1e6);
    const name = `${this.spec.name}/v1/${hourPath(new Date(time))}/${instance}.jsonl`;
    await this.blobs.append(captureContainer, name, Buffer.from(line));
    return id;
  }

  tell(rows: object[], ports = this.instance()): Promise<FeedbackAnswer[]> {
    return giveFeedback(ports, this.spec, rows, { source: "feedback", at: this.clock.now().toISOString() });
  }

  async observe(ports = this.instance(), range = day): Promise<void> {
    await observe(ports, this.spec, range);
  }

  /** By the hour of the day: "09:00". */
  async outcomes(ports = this.instance(), range = day): Promise<Record<string, OutcomeProfile>> {
    const version = { spec: this.spec, signature: this.signature, version: 1 };
    const found = await outcomesIn(ports, version, range);
    return Object.fromEntries(found.map(({ hour, outcomes }) => [hour.toISOString().slice(11, 16), outcomes]));
  }
}

/** 1 July 2013. */
export const day = { from: new Date("2013-07-01T00:00:00Z"), to: new Date("2013-07-02T00:00:00Z") };
