import { barChart } from "../charts/barChart";
import { escapeText } from "../charts/escapeText";
import { figure } from "../figure";
import { type Cell, list, page, paragraph, section, table } from "../page/html";
import type { PartDescription } from "../training/describeData";
import { measureSections } from "./measureSections";
import type { ModelCard } from "./modelCard";

const splitWords = { time: "by time", stratified: "stratified by label", group: "by group" };

/** The card as one self-contained HTML page: no script, nothing loaded, for screens of any width, dark ones and paper. */
export function modelCardPage(card: ModelCard): string {
  const title = `${card.title}: ${card.model} version ${card.version}`;
  const body =
    header(card) +
    section("Intended use", paragraph(card.intendedUse) + contact(card)) +
    section("Limits", list(card.limits) || paragraph("None are known beyond what the figures below say.")) +
    measureSections(card) +
    section("What it goes by", importanceChart(card), card.absent.importance) +
    section("Checks", checksTable(card), card.absent.checks) +
    section("Data and split", dataTables(card), card.absent.data) +
    section("Where it comes from", lineageTable(card));
  return page(title, body);
}

function header({ title, model, version, aliases, description, facts, predicts }: ModelCard): string {
  const badges = [...aliases, `gate: ${facts.gate.decision}`, facts.learner ?? "trained elsewhere"];
  const what = predicts.classes ? `one of ${predicts.classes.join(", ")}` : "a number";
  const ahead = predicts.horizonHours === undefined ? "" : `, ${predicts.horizonHours} hours ahead`;
  return (
    `<header><p class="soft">Model card</p><h1>${escapeText(title)}</h1>` +
    `<p>${escapeText(`${model} version ${version}, registered ${facts.createdAt.slice(0, 16).replace("T", " ")} UTC. Predicts ${predicts.label}: ${what}${ahead}.`)}</p>` +
    `<p>${badges.map((badge) => `<span class="badge">${escapeText(badge)}</span>`).join("")}</p>` +
    `${description === "" ? "" : paragraph(description)}${list(facts.gate.reasons)}</header>`
  );
}

function contact({ owners, contact: where }: ModelCard): string {
  const parts = [
    ...(owners.length > 0 ? [`Owners: ${owners.join(", ")}.`] : []),
    ...(where ? [`Contact: ${where}.`] : []),
  ];
  return parts.length === 0 ? "" : paragraph(parts.join(" "));
}

function importanceChart({ importance }: ModelCard): string {
  if (importance === undefined) return "";
  const { metric, rows, repeats, features } = importance;
  const chart = barChart({
    title: `Permutation importance (${metric})`,
    valueLabel: `how much worse ${metric} gets`,
    bars: features.slice(0, 25).map(({ feature, importance: mean, deviation }) => ({
      label: feature,
      value: mean,
      low: mean - deviation,
      high: mean + deviation,
    })),
  });
  const how = `Each feature's values were dealt to other ones of ${rows} hold-out rows ${repeats} times; whiskers: one standard deviation.`;
  return `${chart}${paragraph(how)}${paragraph("Importance says what the model uses, not what causes the outcome. The version's explanation has dependence curves and rules.")}`;
}

function checksTable({ facts: { checks = [] } }: ModelCard): string {
  if (checks.length === 0) return "";
  const effect = { block: "blocks", warn: "warns" };
  const rows = checks.map((one) => [one.name, one.kind, one.status, effect[one.severity], one.summary]);
  return table(["check", "when", "result", "a failure", "what was found"], rows, true);
}

function dataTables({ facts: { data, lineage } }: ModelCard): string {
  if (data === undefined) return "";
  const { counts, split, train, holdout, folds } = data;
  const spread = ({ classes, values }: PartDescription) => {
    if (values) return `${figure(values.min)} to ${figure(values.max)}, mean ${figure(values.mean)}`;
    return Object.entries(classes ?? {})
      .map(([name, rows]) => `${name} ${rows}`)
      .join(", ");
  };
  const part = (name: string, one: PartDescription): Cell[] => [name, one.rows, one.from, one.to, spread(one)];
  const text = `Dataset versions ${(lineage.datasetVersions ?? []).join(", ")}: ${counts.rows} rows, ${counts.labelled} with a known label, ${counts.duplicates} replaced by others, ${counts.gap} left out between training and hold-out. The split is ${splitWords[split.kind]}; ${folds} folds inside the training rows chose the model.`;
  return (
    paragraph(text) +
    table(["part", "rows", "from", "to", "label"], [part("training", train), part("hold-out", holdout)])
  );
}

function lineageTable({ facts }: ModelCard): string {
  const { lineage, sha256, sizeBytes, parameters, seed, search, environment = {}, signature } = facts;
  const inputs = signature.features.map(
    ({ name, type, nullable }) => `${name} (${type}${nullable ? "" : ", required"})`,
  );
  const rows: (readonly Cell[])[] = [
    ["model file", `SHA-256 ${sha256}, ${sizeBytes} bytes`],
    ["source", lineage.source === "upload" ? `uploaded as ${lineage.uploadedAs ?? "a file"}` : `run ${lineage.runId}`],
    ["prepared rows", lineage.preparedRows],
    ["use case, hash of its spec", lineage.usecaseHash],
    ["its spec, kept", lineage.usecaseSpec],
    ["code revision", lineage.codeRevision],
    ["parameters", parameters && parameterText(parameters)],
    ["seed", seed === undefined ? undefined : String(seed)],
    [
      "search",
      search &&
        `${search.kind}, ${search.trials} trials, ${search.failedTrials} without a score; the chosen one's folds took ${figure(search.fitSeconds)} s`,
    ],
    [
      "environment",
      Object.entries(environment)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ") || undefined,
    ],
    ["inputs", inputs.join(", ")],
  ];
  return table(["", ""], rows);
}

/** One "name value" each, so that the text breaks between them on a narrow screen. */
function parameterText(parameters: Record<string, unknown>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
