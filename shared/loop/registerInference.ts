import type { Registrant } from "../data/datasetRegistry";
import { type RegisterDatasetPorts, registerDataset } from "../data/registerDataset";
import { AppError } from "../errors";
import { sha256Of } from "../ledger/verifiedBlobs";
import type { ModelSignature } from "../onnx/signature";
import type { ModelRegistry } from "../registry/modelRegistry";
import { hourMs, startOfHour } from "../time";
import { widened } from "../truth/hours";
import { type InferenceRows, inferenceRows, type SignatureOf } from "../truth/inferenceRows";
import { type ObservePorts, observe } from "../truth/observe";
import type { Usecase } from "../usecase/loadUsecases";

export type RegisterInferencePorts = RegisterDatasetPorts & ObservePorts & { registry: ModelRegistry };

/** The dataset version that holds what was scored in a range. */
export interface RegisteredInference extends Omit<InferenceRows, "csv"> {
  version: number;
  /** false if a version held just these rows already */
  created: boolean;
}

/**
 * Registers the rows that were scored in a range, by whole hours, as a dataset version; the same rows give the same
 * version. AppError rejected if there are none, or the use case does not take them.
 */
export async function registerInference(
  ports: RegisterInferencePorts,
  { spec }: Usecase,
  asked: { from: Date; to: Date },
  by: Registrant,
): Promise<RegisteredInference> {
  const range = wholeHours(asked);
  await observe(ports, spec, widened(range, 0, spec.horizonHours ?? 0));
  const { csv, ...counts } = await inferenceRows(ports, spec, signaturesOf(ports, spec.name), range, ports.clock.now());
  if (counts.rows === 0) throw noRows(range, counts);
  const bytes = Buffer.from(csv);
  const held = await ports.datasets.findByHash(spec.name, await sha256Of(bytes));
  if (held !== undefined) return { version: held, created: false, ...counts };
  const outcome = await registerDataset(ports, { usecase: spec.name, file: fileName(range), bytes, by });
  if (outcome.status === "accepted") return { version: outcome.version, created: outcome.created, ...counts };
  const details = outcome.reasons.map(({ column, message }) => ({ path: column ?? "", message }));
  throw new AppError("rejected", `the scored rows do not fit the use case: ${details[0]?.message}`, { details });
}

/** Each version's signature, read once. */
function signaturesOf({ registry }: RegisterInferencePorts, model: string): SignatureOf {
  const known = new Map<number, Promise<ModelSignature>>();
  return (version) => {
    const signature = known.get(version) ?? registry.version(model, version).then((details) => details.signature);
    known.set(version, signature);
    return signature;
  };
}

function wholeHours({ from, to }: { from: Date; to: Date }): { from: Date; to: Date } {
  const end = Math.ceil(to.getTime() / hourMs) * hourMs;
  return { from: new Date(startOfHour(from.getTime())), to: new Date(end) };
}

/** "inference-2013-07-01T00-2013-07-02T00.csv" */
function fileName({ from, to }: { from: Date; to: Date }): string {
  const [start, end] = [from, to].map((time) => time.toISOString().slice(0, "2013-07-01T00".length));
  return `inference-${start}-${end}.csv`;
}

function noRows({ from, to }: { from: Date; to: Date }, { unusable }: Omit<InferenceRows, "csv">): AppError {
  const why =
    unusable === 0
      ? "none was captured"
      : `${unusable} were captured, all without their time, their entity or another value that the use case requires`;
  return new AppError(
    "rejected",
    `no row that was scored from ${from.toISOString()} to ${to.toISOString()} can be used: ${why}`,
  );
}
