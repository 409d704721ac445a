import { fewBlocks } from "../evaluation/resampling";
import type { GlobalExplanation } from "../explain/globalExplanation";
import { figure } from "../figure";
import type { ModelVersion, VersionSaving } from "../registry/modelVersion";
import { mayBeZero } from "../registry/notShownBetter";
import { timeText } from "../timeText";
import { columnUnit } from "../usecase/columnUnit";
import type { UsecaseSpec } from "../usecase/usecaseSpec";

/** Everything a reader needs to judge a model version; for what is not known, the reason. */
export interface ModelCard {
  model: string;
  version: number;
  /** aliases that point at this version now */
  aliases: string[];
  /** all versions of the model, oldest first */
  versions: number[];
  title: string;
  description: string;
  intendedUse: string;
  limits: string[];
  /** whether a person named some of them, in the use case */
  limitsDeclared: boolean;
  owners: string[];
  contact?: string;
  predicts: {
    task: "classification" | "regression";
    label: string;
    unit?: string;
    classes?: string[];
    horizonHours?: number;
  };
  /** the version as registered: signature, learner, data, metrics, curves, checks, gate, lineage and more */
  facts: ModelVersion;
  /** what drives the model; see GET /models/{model}/versions/{version}/explain for more */
  importance?: GlobalExplanation["importance"];
  /** section -> why it is missing */
  absent: Record<string, string>;
}

interface CardParts {
  facts: ModelVersion;
  aliases: string[];
  versions: number[];
  /** the use case as it is now; undefined for a model without one */
  spec?: UsecaseSpec;
  /** or why there is none */
  explanation: GlobalExplanation | string;
}

/** Puts a version's card together; pure. */
export function modelCard({ facts, aliases, versions, spec, explanation }: CardParts): ModelCard {
  const { classes } = facts.signature;
  const importance = typeof explanation === "string" ? undefined : explanation.importance;
  return {
    model: facts.model,
    version: facts.version,
    aliases,
    versions,
    title: spec?.title ?? facts.model,
    description: spec?.description ?? "",
    intendedUse: spec?.card.intendedUse ?? intendedUseOf(spec),
    limits: [...(spec?.card.limits ?? []), ...knownLimits(facts)],
    limitsDeclared: (spec?.card.limits ?? []).length > 0,
    owners: spec?.card.owners ?? [],
    contact: spec?.card.contact,
    predicts: { task: taskOf(facts), ...labelOf(spec), classes, horizonHours: spec?.horizonHours },
    facts,
    importance,
    absent: absentSections(facts, importance, explanation),
  };
}

/** A model trained elsewhere may return labels without listing them. */
function taskOf({ signature }: ModelVersion): ModelCard["predicts"]["task"] {
  return signature.labelOutput === undefined && signature.probabilityOutput === undefined
    ? "regression"
    : "classification";
}

function labelOf(spec?: UsecaseSpec): Pick<ModelCard["predicts"], "label" | "unit"> {
  if (spec === undefined) return { label: "the label" };
  return { label: spec.label.column, unit: columnUnit(spec.columns[spec.label.column]) };
}

function intendedUseOf(spec?: UsecaseSpec): string {
  if (spec === undefined) return "Not declared: the model was registered without a use case.";
  return `Not declared in the use case beyond its title: "${spec.title}".`;
}

const blockWords = { row: "rows", group: "groups", day: "runs of consecutive days" };

/** Limits that follow from the figures. */
function knownLimits(facts: ModelVersion): string[] {
  const { gate, differences = [], slices = [], checks = [], data, resampling, saving } = facts;
  const limits: string[] = [];
  if (resampling && resampling.blocks < fewBlocks)
    limits.push(
      `The intervals rest on only ${resampling.blocks} blocks (${blockWords[resampling.unit]}); with fewer than ${fewBlocks} their ends are rough.`,
    );
  if (gate.decision === "refused") limits.push(`The gate refused this version: ${gate.reasons[0]}.`);
  for (const { against, low, high } of differences)
    if (mayBeZero({ low, high }))
      limits.push(
        `On the hold-out set it is not clearly better or worse than ${against}: the interval of the difference includes zero.`,
      );
  if (saving) limits.push(...dearerThan(saving));
  for (const { column, slice, rows } of slices.filter(({ worse }) => worse))
    limits.push(`Worse than overall where ${column} is ${slice} (${rows} hold-out rows).`);
  for (const { name, status, summary } of checks)
    if (status === "failed" || status === "warned") limits.push(`Check "${name}" ${status}: ${summary}`);
  if (data?.holdout.to)
    limits.push(`It was not tested on anything after ${timeText(data.holdout.to)}; conditions may have changed since.`);
  return limits;
}

/** The other ways to decide that cost less on the hold-out. */
function dearerThan({ unit, against }: VersionSaving): string[] {
  return against
    .filter(({ saving }) => saving < 0)
    .map(
      ({ name, saving, low, high }) =>
        `On the hold-out set its decisions cost ${figure(-saving)} ${unit} per row more than those of "${name}" (interval ${figure(-high)} to ${figure(-low)}).`,
    );
}

function absentSections(
  facts: ModelVersion,
  importance: ModelCard["importance"],
  explanation: GlobalExplanation | string,
): Record<string, string> {
  const uploaded = facts.lineage.source === "upload";
  const unknown = uploaded ? "the model was trained elsewhere" : "the version was registered before this was kept";
  const absent: Record<string, string> = {};
  if (importance === undefined) absent.importance = withoutImportance(explanation);
  if (facts.metrics === undefined) absent.metrics = unknown;
  if (facts.data === undefined) absent.data = unknown;
  if (facts.curves === undefined && facts.valueCurves === undefined) absent.curves = unknown;
  if (facts.slices === undefined) absent.slices = uploaded ? unknown : "the use case names no evaluation.slices";
  if (facts.saving === undefined) absent.saving = uploaded ? unknown : "the use case has no evaluation.costs";
  if (facts.checks === undefined) absent.checks = unknown;
  return absent;
}

function withoutImportance(explanation: GlobalExplanation | string): string {
  return typeof explanation === "string" ? explanation : "the truth of the sample rows is not known";
}
