import { barChart } from "../charts/barChart";
import { escapeText } from "../charts/escapeText";
import type { PartDescription } from "../data/describeData";
import { metricName, metricTitle } from "../evaluation/metricWords";
import { figure } from "../figure";
import { beside, type Cell, type Link, list, navigation, page, paragraph, section, table } from "../page/html";
import { notShownBetterText } from "../registry/notShownBetter";
import { timeText } from "../timeText";
import { measureSections } from "./measureSections";
import type { ModelCard } from "./modelCard";

const splitWords = { time: "by time", stratified: "stratified by label", group: "by group" };

/**
 * The card as one self-contained HTML page without scripts or external resources, for screens of any width, dark mode
 * and paper. `key` is the function key for its links, if the reader's address had one.
 */
export function modelCardPage(card: ModelCard, key?: string): string {
  const title = `${card.title}: ${card.model} version ${card.version}`;
  const body =
    header(card, navigation(linksOf(card), key)) +
    beside(section("Intended use", paragraph(card.intendedUse) + contact(card)), section("Limits", limits(card))) +
    measureSections(card) +
    section("What it relies on", importanceChart(card), card.absent.importance) +
    section("Checks", checksTable(card), card.absent.checks) +
    section("Data and split", dataTables(card), card.absent.data) +
    section("Where it comes from", lineageTable(card));
  return page(title, body);
}

function header(card: ModelCard, links: string): string {
  const { title, model, version, aliases, description, facts, predicts } = card;
  const { gate, learner = "trained elsewhere", notShownBetter } = facts;
  const mark = notShownBetter ? [notShownBetterText(notShownBetter)] : [];
  const badges = [...aliases, `gate: ${gate.decision}`, ...mark, learner];
  const ahead = predicts.horizonHours === undefined ? "" : `, ${predicts.horizonHours} hours ahead`;
  const text = `${model} version ${version}, registered ${timeText(facts.createdAt)}. Predicts ${predicts.label}: ${answersOf(card)}${ahead}.`;
  return (
    `<header><p class="soft">Model card</p><h1>${escapeText(title)}</h1>${paragraph(text)}` +
    `<p>${badges.map((badge) => `<span class="badge">${escapeText(badge)}</span>`).join("")}</p>${links}` +
    `${description === "" ? "" : paragraph(description)}${list(facts.gate.reasons)}</header>`
  );
}

function answersOf({ predicts: { task, classes } }: ModelCard): string {
  if (task === "regression") return "a number";
  return classes ? `one of ${classes.join(", ")}` : "a class, whose names the model does not list";
}

/** Links to related pages, relative to the card's address. */
function linksOf({ model, version, versions, facts: { lineage } }: ModelCard): Link[] {
  const place = versions.indexOf(version);
  const card = (other: number | undefined, name: string): Link[] =>
    other === undefined ? [] : [{ text: `${name}: version ${other}`, href: `../${other}/card?format=html` }];
  return [
    { text: "What it relies on", href: "explain?format=html" },
    ...card(place > 0 ? versions[place - 1] : undefined, "Earlier"),
    ...card(versions[place + 1], "Later"),
    ...(lineage.runId ? [{ text: "Training run", href: `../../../../runs/${encodeURIComponent(lineage.runId)}` }] : []),
    ...(lineage.usecase
      ? [{ text: "Datasets", href: `../../../../datasets?usecase=${encodeURIComponent(lineage.usecase)}` }]
      : []),
    { text: "Everything as JSON", href: `../${version}` },
    { text: "Audit trail", href: `../../../../audit/${encodeURIComponent(model)}` },
  ];
}

function limits({ limits: known, limitsDeclared, facts }: ModelCard): string {
  const hasFigures = facts.metrics !== undefined;
  const undeclared = limitsDeclared
    ? ""
    : paragraph("Nobody has declared any limits (card.limits in the spec of a use case).", "soft");
  const seen = list(known) || (hasFigures ? paragraph("The figures below show none by themselves.") : "");
  return seen + undeclared;
}

function contact({ owners, contact: where }: ModelCard): string {
  const people = owners.length > 0 ? `Owners: ${owners.join(", ")}.` : "No owner is declared.";
  return paragraph(where ? `${people} Contact: ${where}.` : people);
}

function importanceChart({ importance }: ModelCard): string {
  if (importance === undefined) return "";
  const { metric, rows, repeats, features } = importance;
  const chart = barChart({
    title: `Permutation importance (${metricTitle(metric)})`,
    valueLabel: `how much worse the ${metricName(metric)} gets without it`,
    bars: features.slice(0, 25).map(({ feature, importance: mean, deviation }) => ({
      label: feature,
      value: mean,
      low: mean - deviation,
      high: mean + deviation,
    })),
  });
  const how = `Each feature's values were shuffled among ${rows} hold-out rows ${repeats} times; whiskers: one standard deviation.`;
  return `${chart}${paragraph(how)}${paragraph("Importance says what the model uses, not what causes the outcome. The version's explanation has dependence curves and rules.")}`;
}

function checksTable({ facts: { checks = [] } }: ModelCard): string {
  if (checks.length === 0) return "";
  const effect = { block: "blocks the version", warn: "warns only" };
  const when = { "pre-train": "before training", "post-train": "after training" };
  const rows = checks.map((one) => [one.name, one.status, one.summary, when[one.kind], effect[one.severity]]);
  return table(["check", "result", "what was found", "when", "if it fails"], rows, true);
}

function dataTables({ facts: { data, lineage } }: ModelCard): string {
  if (data === undefined) return "";
  const { counts, split, train, holdout, folds, renamedColumns = {} } = data;
  const spread = ({ classes, values }: PartDescription) => {
    if (values) return `${figure(values.min)} to ${figure(values.max)}, mean ${figure(values.mean)}`;
    return Object.entries(classes ?? {})
      .map(([name, rows]) => `${name} ${rows}`)
      .join(", ");
  };
  const part = (name: string, one: PartDescription): Cell[] => [
    name,
    one.rows,
    one.from && timeText(one.from),
    one.to && timeText(one.to),
    spread(one),
  ];
  const versions = lineage.datasetVersions ?? [];
  const text = `Dataset version${versions.length === 1 ? "" : "s"} ${versions.join(", ")}: ${counts.rows} rows, ${counts.labelled} with a known label, ${counts.duplicates} replaced by others, ${counts.gap} left out between training and hold-out. The split is ${splitWords[split.kind]}; ${folds} folds inside the training rows chose the model.`;
  return (
    paragraph(text) +
    table(["part", "rows", "from", "to", "label"], [part("training", train), part("hold-out", holdout)]) +
    list(Object.entries(renamedColumns).map(([as, name]) => `In the file of prepared rows, ${name} is called ${as}.`))
  );
}

function lineageTable({ facts }: ModelCard): string {
  const { lineage, sha256, sizeBytes, parameters, seed, search, environment = {}, signature } = facts;
  const inputs = signature.features.map(
    ({ name, type, nullable }) => `${name} (${type}${nullable ? "" : ", required"})`,
  );
  const rows: (readonly Cell[])[] = [
    ["model file", `SHA-256 ${sha256}, ${sizeBytes} bytes`],
    ["changed before it was registered", lineage.changes?.join("; ")],
    ["source", lineage.source === "upload" ? `uploaded as ${lineage.uploadedAs ?? "a file"}` : `run ${lineage.runId}`],
    ["prepared rows", lineage.preparedRows],
    ["use case, hash of its spec", lineage.usecaseHash],
    ["its archived spec", lineage.usecaseSpec],
    [lineage.source === "upload" ? "registered by app revision" : "code revision", lineage.codeRevision],
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
