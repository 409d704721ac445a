import { barChart } from "../charts/barChart";
import { escapeText } from "../charts/escapeText";
import type { PartDescription } from "../training/describeData";
import { type Cell, list, paragraph, section, table } from "./html";
import { measureSections } from "./measureSections";
import type { ModelCard } from "./modelCard";

const style =
  ":root{color-scheme:light dark;--ink:#1d2430;--soft:#586074;--line:#d8dce4;--paper:#fff;--card:#f6f7f9}" +
  "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a3abbd;--line:#3a4252;--paper:#14181f;--card:#1c222c}}" +
  "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:1rem;color:var(--ink);background:var(--paper)}" +
  "h1{margin:.2rem 0}h2{border-bottom:1px solid var(--line);padding-bottom:.2rem;margin-top:2rem}.soft{color:var(--soft)}" +
  ".badge{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .7rem;margin-right:.4rem;background:var(--card)}" +
  "table{border-collapse:collapse;margin:.5rem 0}th,td{border-bottom:1px solid var(--line);padding:.25rem .7rem;text-align:left;vertical-align:top}" +
  ".number{text-align:right;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}svg{max-width:100%;height:auto;margin:.4rem .4rem .4rem 0;border-radius:.3rem}" +
  "code{overflow-wrap:anywhere}@media print{body{max-width:none}section{break-inside:avoid}}";

/** The card as one self-contained HTML page: no script, nothing loaded, for screens of any width, dark ones and paper. */
export function modelCardPage(card: ModelCard): string {
  const title = `${card.title}: ${card.model} version ${card.version}`;
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title>${escapeText(title)}</title><style>${style}</style></head><body>` +
    header(card) +
    section("Intended use", paragraph(card.intendedUse) + contact(card)) +
    section("Limits", list(card.limits) || paragraph("None are known beyond what the figures below say.")) +
    measureSections(card) +
    section("What it goes by", importanceChart(card), card.absent.importance) +
    section("Checks", checksTable(card), card.absent.checks) +
    section("Data and split", dataTables(card), card.absent.data) +
    section("Where it comes from", lineageTable(card)) +
    "</body></html>\n"
  );
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
    valueLabel: `how much worse ${metric} gets on ${rows} hold-out rows; whiskers: one deviation over ${repeats} repeats`,
    bars: features.slice(0, 25).map(({ feature, importance: mean, deviation }) => ({
      label: feature,
      value: mean,
      low: mean - deviation,
      high: mean + deviation,
    })),
  });
  return `${chart}${paragraph("Importance says what the model uses, not what causes the outcome. The version's explanation has dependence curves and rules.")}`;
}

function checksTable({ facts: { checks = [] } }: ModelCard): string {
  if (checks.length === 0) return "";
  const rows = checks.map(({ name, kind, status, severity, summary }) => [name, kind, status, severity, summary]);
  return table(["check", "when", "result", "severity", "what was found"], rows);
}

function dataTables({ facts: { data, lineage } }: ModelCard): string {
  if (data === undefined) return "";
  const { counts, split, train, holdout, folds } = data;
  const spread = ({ classes, values }: PartDescription) => {
    if (values) return `${values.min} to ${values.max}, mean ${values.mean.toPrecision(4)}`;
    return Object.entries(classes ?? {})
      .map(([name, rows]) => `${name} ${rows}`)
      .join(", ");
  };
  const part = (name: string, one: PartDescription): Cell[] => [name, one.rows, one.from, one.to, spread(one)];
  const text = `Dataset versions ${(lineage.datasetVersions ?? []).join(", ")}: ${counts.rows} rows, ${counts.labelled} with a known label, ${counts.duplicates} replaced by others, ${counts.gap} left out between training and hold-out. Split by ${split.kind}; ${folds} folds inside the training rows chose the model.`;
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
    ["code revision", lineage.codeRevision],
    ["parameters", parameters && JSON.stringify(parameters)],
    ["seed", seed],
    [
      "search",
      search &&
        `${search.kind}, ${search.trials} trials, ${search.failedTrials} without a score; the chosen one's folds took ${search.fitSeconds.toFixed(2)} s`,
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
