import { z } from "zod";
import { checkInput } from "../checkInput";
import { AppError } from "../errors";
import type { ModelSignature } from "../onnx/signature";
import type { BlobStore, ModelRuntime } from "../ports";
import type { ModelRegistry } from "../registry/modelRegistry";
import type { ModelVersion } from "../registry/modelVersion";
import { requestJson } from "../requestJson";
import { decodeRows } from "../serving/decodeRows";
import type { LoadedModel, ModelLoader } from "../serving/loader";
import { runRows } from "../serving/predict";
import { refuseInvalid, refusesInvalid, warningFields } from "../serving/rowWarnings";
import { writePredictions } from "../serving/writePredictions";
import { contextColumns } from "../usecase/contextColumns";
import type { Usecase } from "../usecase/loadUsecases";
import { answerNames, chooseAnswers, explainedQuantity } from "./explainedAnswer";
import { type ExplainTask, explainRows, methods, type RowExplanation } from "./explainRows";
import { decodeSample, findSample } from "./findSample";
import { BlackBox } from "./model/blackBox";
import type { NumberRows } from "./model/numberRows";
import { RowCodec } from "./model/rowCodec";
import type { TreeViews } from "./trees/treeViews";

export interface ExplainPorts {
  loader: ModelLoader;
  /** the runtime for parts of the version's graph */
  runtimeOf: (version: ModelVersion) => ModelRuntime;
  registry: ModelRegistry;
  blobs: BlobStore;
  usecases: Map<string, Usecase>;
  treeViews: TreeViews;
  /** the model for requests that name none */
  defaultModel(): Promise<string>;
}

export interface ExplainRequest {
  model?: string;
  /** version number or alias; without it the champion is explained */
  pin?: string;
  /** JSON: rows as the scoring endpoint takes them, and options */
  body: string;
  requestId: string;
}

const maxRows = 100;
const maxBackgroundRows = 500;

const options = z.object({
  method: z.enum(methods).optional(),
  class: z.string().optional(),
  seed: z.int().default(1),
  background: z.object({}).loose().optional(),
});

/**
 * Explains the predictions for some rows: what each feature adds to a base value; AppError says what is wrong with the
 * request.
 */
export async function explainRequest(ports: ExplainPorts, request: ExplainRequest): Promise<object> {
  const body = parseBody(request.body);
  const model = request.model ?? (await ports.defaultModel());
  const loaded = await ports.loader.acquire(model, request.pin ?? "champion");
  try {
    return {
      model,
      version: loaded.version.version,
      requestId: request.requestId,
      ...(await answer(ports, loaded, body)),
    };
  } finally {
    loaded.release();
  }
}

type Body = z.infer<typeof options> & { json: unknown };

function parseBody(text: string): Body {
  const json = requestJson(text);
  return { ...checkInput(json, options), json };
}

async function answer(ports: ExplainPorts, { version, runtime }: LoadedModel, body: Body): Promise<object> {
  const { signature } = version;
  const codec = new RowCodec(signature);
  const box = new BlackBox(runtime, signature, codec);
  const context = contextOf(ports, version);
  const decoded = decodeRows(body.json, signature, { options: Object.keys(options.shape), context });
  if (decoded.rowCount > maxRows)
    throw new AppError("too_large", `${decoded.rowCount} rows in one request; explanations take at most ${maxRows}`);
  const { warnings } = decoded;
  if (warnings && refusesInvalid(ports.usecases, version.model)) refuseInvalid(warnings);
  const rows = codec.encode(decoded);
  const found = await backgroundFor(ports, version, body, codec);
  const outputs = await box.predict(rows);
  const names = answerNames(signature.classes, outputs.outputCount);
  const positiveIndex = found.positiveIndex ?? positiveOf(ports.usecases.get(version.model), names);
  const answers = chooseAnswers(outputs, { names, asked: body.class, positiveIndex });
  const trees = await ports.treeViews.of(version);
  const { background } = found;
  const { method, seed } = body;
  const task: ExplainTask = { box, runtime: ports.runtimeOf(version), trees, rows, background, answers, method, seed };
  const explained = await explainRows(task);
  const predictions = JSON.parse(writePredictions(await runRows(runtime, decoded), signature).reply) as object[];
  const isClassifier = signature.labelOutput !== undefined;
  return {
    method: explained.method,
    ...(explained.fallback && { fallback: explained.fallback }),
    explains: explainedQuantity(explained, isClassifier),
    background: { rows: background.rowCount, source: found.source },
    explanations: explained.rows.map((row, at) => ({
      prediction: predictions[at],
      ...(isClassifier && { class: names[answers[at]] }),
      baseValue: row.baseValue,
      explainedValue: row.values.reduce((sum, value) => sum + value, row.baseValue),
      contributions: contributions(row, signature, codec, rows, at),
    })),
    ...warningFields(warnings),
  };
}

function contextOf({ usecases }: ExplainPorts, { model }: { model: string }): readonly string[] {
  const spec = usecases.get(model)?.spec;
  return spec === undefined ? [] : contextColumns(spec);
}

function positiveOf(usecase: Usecase | undefined, names: string[]): number | undefined {
  const index = names.indexOf(usecase?.spec.label.positive ?? "");
  return index < 0 ? undefined : index;
}

/** One entry per feature, the largest first. */
function contributions(row: RowExplanation, signature: ModelSignature, codec: RowCodec, rows: NumberRows, at: number) {
  return signature.features
    .map(({ name }, feature) => ({
      feature: name,
      value: codec.cell(feature, rows.cells[at * rows.width + feature]),
      contribution: row.values[feature],
      ...(row.standardErrors && { standardError: row.standardErrors[feature] }),
    }))
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
}

interface Background {
  background: NumberRows;
  source: string;
  positiveIndex?: number;
}

/**
 * The rows sent with the request, else a sample of training rows; if there are none, AppError rejected says how to
 * supply some.
 */
async function backgroundFor(
  ports: ExplainPorts,
  version: LoadedModel["version"],
  body: Body,
  codec: RowCodec,
): Promise<Background> {
  if (body.background !== undefined) {
    checkBackgroundSize(body.background);
    const background = codec.encode(
      decodeRows(body.background, version.signature, { context: contextOf(ports, version) }),
    );
    return { background, source: "rows sent with the request" };
  }
  const found = await findSample(ports, version);
  if (found === undefined) throw noBackground(version);
  const { sample } = found;
  const background = codec.encode(decodeSample(sample, sample.background, version.signature));
  const positiveIndex =
    sample.classes.join("\n") === version.signature.classes?.join("\n") ? sample.positiveIndex : undefined;
  return { background, source: `training rows of version ${found.version}`, positiveIndex };
}

function checkBackgroundSize({ data, rows }: Record<string, unknown>): void {
  const list = data ?? rows;
  if (!Array.isArray(list) || (list.length > 0 && list.length <= maxBackgroundRows)) return;
  throw new AppError("invalid_input", `background: send 1 to ${maxBackgroundRows} rows`, {
    details: [{ path: "background", message: `it has ${list.length} rows` }],
  });
}

/** Says what is missing and how to supply it. */
export function noBackground({ model, version }: { model: string; version: number }): AppError {
  return new AppError(
    "rejected",
    `version ${version} of ${model} has no background rows to compare with: it was trained elsewhere, or before such rows were kept. ` +
      `Send some typical rows as "background": {"rows": [...]} with the request, or train a version of a use case named ${model} with the same features`,
  );
}
