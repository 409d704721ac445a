import { AppError } from "../errors";
import type { ModelRuntime } from "../ports";
import type { LoadedModel } from "../serving/loader";
import type { Usecase } from "../usecase/loadUsecases";
import { answerNames } from "./explainedAnswer";
import type { ExplanationSample } from "./explanationSample";
import { decodeSample, type FoundSample } from "./findSample";
import { BlackBox } from "./model/blackBox";
import { type NumberRows, pickRows } from "./model/numberRows";
import { RowCodec } from "./model/rowCodec";
import type { ReadTrees } from "./trees/treeViews";

/** What all parts of a version's global explanation work with. */
export interface GlobalContext {
  box: BlackBox;
  runtime: ModelRuntime;
  trees: ReadTrees;
  sample: ExplanationSample;
  background: NumberRows;
  holdout: NumberRows;
  /** names of the model's answers */
  names: string[];
  /** for two classes the positive one, else all */
  explainedAnswers: number[];
  isClassifier: boolean;
  usecase?: Usecase;
}

export interface ContextParts {
  loaded: LoadedModel;
  runtime: ModelRuntime;
  trees: ReadTrees;
  found: FoundSample;
  usecase?: Usecase;
}

/** Converts the sample to the model's own terms. */
export async function globalContext({ loaded, runtime, trees, found, usecase }: ContextParts): Promise<GlobalContext> {
  const { signature } = loaded.version;
  const { sample } = found;
  const codec = new RowCodec(signature);
  const box = new BlackBox(loaded.runtime, signature, codec);
  const background = codec.encode(decodeSample(sample, sample.background, signature));
  const holdout = codec.encode(decodeSample(sample, sample.holdout.rows, signature));
  if (background.rowCount === 0 || holdout.rowCount === 0)
    throw new AppError("rejected", "the sample kept with the version has no rows to explain it by");
  const { outputCount } = await box.predict(pickRows(background, [0]));
  const isClassifier = signature.labelOutput !== undefined;
  const names = isClassifier ? answerNames(signature.classes, outputCount) : ["value"];
  const all = [...names.keys()];
  const explainedAnswers = outputCount === 2 ? [sample.positiveIndex ?? 1] : all;
  return { box, runtime, trees, sample, background, holdout, names, explainedAnswers, isClassifier, usecase };
}
