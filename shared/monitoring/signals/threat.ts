import { z } from "zod";
import { threatRule } from "../../alerts/rules";
import { dayMs } from "../../time";
import type { Finding } from "../finding";
import { scheduleFields } from "../schedule";
import { judgeBoundary, judgeCoverage, judgeOutliers, judgeRequests } from "../threat/marks";
import { evaluated, hoursBefore, notJudged } from "./evaluated";
import type { Evaluation, Signal, Watched } from "./signal";
import { signalDetails } from "./signalDetails";

const settings = z.strictObject({
  /** the newest captured rows of so many hours are judged */
  windowHours: z.number().min(1).default(24),
  minRows: z.int().min(1).default(30),
  /** more rows than this share, beyond training's own, lie outside the fences of some column */
  outlierShare: z.number().positive().max(1).default(0.05),
  /** so many times the rows of any earlier week, and minVolume of them, are a mark of extraction */
  volumeFactor: z.number().min(1).default(5),
  minVolume: z.int().min(1).default(5000),
  /** rows lie so many times as far (squared) from training's, taken together, as on any training day */
  distanceFactor: z.number().min(1).default(2),
  /** so many times the hold-out's share of probabilities near a half, and a fifth of all */
  boundaryFactor: z.number().min(1).default(3),
  enabled: z.boolean().default(true),
  ...scheduleFields("hourly"),
});

type ThreatSettings = z.infer<typeof settings>;

/** Whether requests look like an attack: inputs that no training row was near, or a copy of the model being made. */
export const threat = {
  name: "threat",
  settings,
  needs: ["captures", "trainingProfile"],
  document: signalDetails,
  evaluate,
} satisfies Signal<ThreatSettings>;

const weeks = [7, 14, 21, 28];
/** extraction shows in several ways at once; each alone has an innocent reason */
const marksNeeded = 2;

async function evaluate(watched: Watched<ThreatSettings>): Promise<Evaluation> {
  const { version, settings } = watched;
  const range = hoursBefore(watched, settings.windowHours);
  const window = await watched.captured(range);
  const training = await watched.trainingProfile();
  const common = {
    ...{ signal: threat.name, rule: threatRule, severity: "warning" as const, version, window: range },
    ...{ targetRows: window.rows, details: { settings, facts: { marksNeeded } } },
  };
  if (window.rows < settings.minRows) {
    const reason = `${window.rows} rows were captured; ${settings.minRows} are needed (monitors.threat.minRows)`;
    return notJudged({ ...common, what: "Threats", reason });
  }
  // rows of earlier weeks are needed only where there are many
  const usualRows = window.rows > settings.minVolume ? await mostRows(watched, range) : window.rows;
  const evidence = { window, training, reference: await watched.reference(), usualRows, limits: settings };
  const outliers = judgeOutliers(evidence);
  const marks = [judgeRequests(evidence), judgeCoverage(evidence), judgeBoundary(evidence)];
  const found = marks.filter(({ verdict }) => verdict === "drift");
  const findings = [outliers, ...marks.map((mark) => alone(mark, found.length))];
  const verdict = findings.some((one) => one.verdict === "drift") ? ("drift" as const) : ("ok" as const);
  return evaluated({ ...common, verdict, sentence: sentenceOf(outliers, found, window.rows), findings });
}

/** A mark that is the only one is told, and raises nothing. */
function alone(mark: Finding, found: number): Finding {
  return mark.verdict === "drift" && found < marksNeeded ? { ...mark, verdict: "ok" } : mark;
}

async function mostRows({ captured }: Watched<ThreatSettings>, { from, to }: { from: Date; to: Date }) {
  const earlier = await Promise.all(
    weeks.map((days) =>
      captured({ from: new Date(from.getTime() - days * dayMs), to: new Date(to.getTime() - days * dayMs) }),
    ),
  );
  const most = Math.max(...earlier.map(({ rows }) => rows));
  return most > 0 ? most : undefined;
}

function sentenceOf(outliers: Finding, found: Finding[], rows: number): string {
  const told = outliers.verdict === "drift" ? [`${outliers.reason}`] : [];
  if (found.length >= marksNeeded)
    told.push(`requests look as if somebody copied the model: ${found.map(({ reason }) => reason).join("; ")}`);
  if (told.length > 0) return `Inputs are suspect: ${told.join("; ")}.`;
  const [mark] = found;
  const one = mark === undefined ? "" : ` One mark alone: ${mark.reason}.`;
  return `Nothing in the ${rows} rows looks like an attack.${one}`;
}
