import { barChart } from "../charts/barChart";
import { escapeText } from "../charts/escapeText";
import { type Line, lineChart } from "../charts/lineChart";
import { metricName, metricTitle } from "../evaluation/metricWords";
import type { FeatureType } from "../featureTable";
import { figure, percent } from "../figure";
import { charts, navigation, page, paragraph, section } from "../page/html";
import { notShownBetterText } from "../registry/notShownBetter";
import type { DependenceReport, GlobalExplanation, ShapleyReport } from "./globalExplanation";

/**
 * The explanation as one self-contained HTML page: no script, nothing loaded; its links include `key` if one is given.
 */
export function explainPage(explanation: GlobalExplanation, key?: string): string {
  const title = `What ${explanation.model} version ${explanation.version} relies on`;
  const { background, notShownBetter } = explanation;
  const links = [
    { text: "Model card", href: "card?format=html" },
    { text: "The figures as JSON", href: "explain?format=json" },
    { text: "The version as JSON", href: `../${explanation.version}` },
    { text: "All versions", href: `../../../../models?model=${encodeURIComponent(explanation.model)}` },
  ];
  const body =
    `<p class="soft">Explanation</p><h1>${escapeText(title)}</h1>${navigation(links, key)}` +
    (notShownBetter ? paragraph(`The version is ${notShownBetterText(notShownBetter)} on its hold-out.`) : "") +
    paragraph(
      `These figures describe the model, not the world: what it uses need not be a cause, and correlated features share their contributions. Compared with ${background.rows} ${background.source}.`,
    ) +
    importanceSection(explanation) +
    shapleySection(explanation.shapley) +
    section("How the answer changes with each feature", dependenceCharts(explanation)) +
    surrogateSection(explanation);
  return page(title, body);
}

function importanceSection({ importance }: GlobalExplanation): string {
  if (importance === undefined) return "";
  const { metric, value, rows, repeats, features } = importance;
  const name = metricName(metric);
  const chart = barChart({
    title: `Permutation importance (${metricTitle(metric)})`,
    valueLabel: `how much worse the ${name} gets without it`,
    bars: features.map(({ feature, importance: mean, deviation }) => ({
      label: feature,
      value: mean,
      low: mean - deviation,
      high: mean + deviation,
    })),
  });
  const text = `On ${rows} hold-out rows the ${name} is ${figure(value)}. Each feature's values were then shuffled among these rows ${repeats} times; whiskers: one standard deviation.`;
  return section("Which features the model needs", paragraph(text, "soft") + charts([chart]));
}

function shapleySection({ method, fallback, explains, rows, answers }: ShapleyReport): string {
  const drawn = answers.map(({ answer, features }) =>
    barChart({
      title: `Mean size of Shapley values: ${answer}`,
      valueLabel: `mean absolute contribution to the ${explains.value}`,
      bars: features.map(({ feature, meanAbsolute }) => ({ label: feature, value: meanAbsolute })),
    }),
  );
  const bases = answers.map(({ answer, baseValue }) => `${answer} ${figure(baseValue)}`).join(", ");
  const text = `Method: ${method}, over ${rows} rows; explained: ${explains.note}. Base value: ${bases}.${fallback ? ` TreeSHAP was not used: ${fallback}.` : ""}`;
  return section("What drives individual predictions", paragraph(text, "soft") + charts(drawn));
}

function dependenceCharts({ dependence, kind }: GlobalExplanation): string {
  const single = dependence.some(({ answers }) => answers.length === 1) ? " Faint: individual rows." : "";
  const text = `Bold: the mean over rows (partial dependence).${single} Where features are correlated, some of these combinations never occur.`;
  return paragraph(text, "soft") + charts(dependence.map((one) => dependenceChart(one, kind)));
}

/** Where the grid of a feature of each type is placed on the axis, and the labels there. */
const places: Record<FeatureType, (grid: DependenceReport["grid"]) => { x: number[]; xNames?: string[] }> = {
  number: (grid) => ({ x: grid as number[] }),
  category: (grid) => ({ x: grid.map((_, at) => at), xNames: grid.map((level) => String(level ?? "missing")) }),
};

function dependenceChart(
  { feature, type, unit, grid, rows, answers }: DependenceReport,
  kind: GlobalExplanation["kind"],
): string {
  const { x, xNames } = places[type](grid);
  const lines = answers.flatMap(({ answer, mean, some }): Line[] => [
    // many answers at once leave no room for single rows
    ...(answers.length === 1 ? some.map((y) => ({ label: "a row", x, y, faint: true })) : []),
    { label: answer, x, y: mean },
  ]);
  const [{ mean }] = answers;
  return lineChart({
    title: feature,
    description: `Mean answer over ${rows} rows from ${figure(Math.min(...mean))} to ${figure(Math.max(...mean))} as ${feature} varies.`,
    xLabel: unit && unit !== "1" ? `${feature}, ${unit}` : feature,
    yLabel: answers.length === 1 && kind === "probability" ? `probability of ${answers[0].answer}` : kind,
    lines,
    xNames,
  });
}

function surrogateSection({ surrogate }: GlobalExplanation): string {
  const { fidelity, rules, fittedRows } = surrogate;
  const r2 = fidelity.answers.map(({ answer, r2: share }) => `${answer} ${share === null ? "–" : figure(share)}`);
  const labels =
    fidelity.labelAgreement === undefined ? "" : `; same label on ${percent(fidelity.labelAgreement)} of them`;
  const text = `A tree fitted to the model's answers on ${fittedRows} rows. On ${fidelity.rows} other rows it explains this share of the answers' variance (R²): ${r2.join(", ")}${labels}. Trust the rules only as far as these figures allow.`;
  const ordered = rules.map((rule) => `<li>${escapeText(rule)}</li>`).join("");
  return section("The model in a few rules", `${paragraph(text, "soft")}<ol>${ordered}</ol>`);
}
