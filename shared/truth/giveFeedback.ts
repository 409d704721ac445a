import type { Clock } from "../ports";
import { timeOfRequest } from "../requestId";
import type { ColumnMasks } from "../usecase/columnMasks";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { type FeedbackRow, feedbackReader, type ToldTruth } from "./feedbackRows";
import type { KnownPredictions, PredictionLookup } from "./knownPredictions";
import { byPrecedence, bySubject, isSame, observation, subjectOf, type Truth } from "./truth";
import { placeOfTruth, type TruthStore } from "./truthStore";

export interface FeedbackPorts {
  truths: TruthStore;
  predictions: KnownPredictions;
  masks: ColumnMasks;
  clock: Clock;
}

/** The source of what comes over HTTP. */
export const feedbackSource = "feedback";

/** What became of a row of feedback. */
export interface FeedbackAnswer {
  status: "accepted" | "repeated" | "changed" | "unknown" | "refused";
  /** absent where there is nothing to add */
  reason?: string;
}

/** Who says it, and when. */
export interface FeedbackSource {
  source: string;
  /** ISO */
  at: string;
  /** place of the first row among those that are told at once */
  firstPlace?: number;
}

/**
 * Takes truths of predictions, one answer for each row in order. What is known already is stored no second time; of two
 * that contradict each other the newer one holds, and both are kept. A truth whose prediction is not known is kept
 * where it can be found again, and counts once the prediction is captured.
 */
export async function giveFeedback(
  ports: FeedbackPorts,
  spec: UsecaseSpec,
  rows: readonly unknown[],
  source: FeedbackSource,
): Promise<FeedbackAnswer[]> {
  const read = rows.map(feedbackReader(spec, ports.masks));
  const lookup = ports.predictions.lookup(spec);
  const known = await knownTruths(ports.truths, spec.name, read);
  const fresh: Truth[] = [];
  const answers: FeedbackAnswer[] = [];
  for (const [i, row] of read.entries()) {
    if ("fault" in row) {
      answers.push({ status: "refused", reason: row.fault });
      continue;
    }
    const place = (source.firstPlace ?? 0) + i;
    const found = await findPrediction(lookup, row.told);
    if (found.kind === "nowhere") {
      answers.push(found.answer);
      continue;
    }
    const truth: Truth = { ...found.told, at: source.at, place, source: source.source };
    const answer = judge(truth, known.get(subjectOf(truth)) ?? []);
    if (answer !== "stored") {
      fresh.push(truth);
      known.set(subjectOf(truth), [...(known.get(subjectOf(truth)) ?? []), truth].sort(byPrecedence));
    }
    const status = answer === "stored" ? { status: "repeated" as const } : answer;
    answers.push(found.kind === "not yet" ? { status: "unknown", reason: found.reason } : status);
  }
  await ports.truths.add(spec.name, fresh);
  return answers;
}

/** The truths that are stored about what the rows speak of. */
async function knownTruths(
  truths: TruthStore,
  model: string,
  read: readonly FeedbackRow[],
): Promise<Map<string, Truth[]>> {
  const places = new Map<string, ReturnType<typeof placeOfTruth>>();
  for (const row of read) {
    if ("fault" in row) continue;
    if (row.told.requestId !== undefined && timeOfRequest(row.told.requestId) === undefined) continue;
    const place = placeOfTruth(row.told);
    places.set(`${place.kind}/${place.hour}`, place);
  }
  const found: Truth[] = [];
  for (const { kind, hour } of places.values()) found.push(...(await truths.inHour(model, kind, hour)));
  return bySubject(found);
}

type Found =
  | { kind: "captured"; told: ToldTruth }
  /** it may be captured later, or its capture not written yet */
  | { kind: "not yet"; told: ToldTruth; reason: string }
  | { kind: "nowhere"; answer: FeedbackAnswer };

async function findPrediction(lookup: PredictionLookup, told: ToldTruth): Promise<Found> {
  if (told.requestId !== undefined) return findRequest(lookup, told.requestId, told);
  const { time = "", entity = "" } = told;
  if (await lookup.hasRow({ time, entity })) return { kind: "captured", told };
  const reason = "no captured row has this entity and time; the truth is kept and counts once such a row is scored";
  return { kind: "not yet", told, reason };
}

async function findRequest(lookup: PredictionLookup, requestId: string, told: ToldTruth): Promise<Found> {
  const refused = (reason: string): Found => ({ kind: "nowhere", answer: { status: "refused", reason } });
  if (timeOfRequest(requestId) === undefined) {
    const reason =
      "requestId: it names no time: ids of earlier releases, and of other systems, cannot be found; send the row's entity and time";
    return { kind: "nowhere", answer: { status: "unknown", reason } };
  }
  const rows = await lookup.rowsOf(requestId);
  const { row } = told;
  if (rows === undefined) {
    const reason =
      "requestId: no request with this id was captured for this model; the truth is kept and counts once one is";
    return { kind: "not yet", told: { ...told, row: row ?? 0 }, reason };
  }
  if (row === undefined && rows > 1) return refused(`row: it is missing; the request has ${rows} rows`);
  if (row !== undefined && row >= rows) return refused(`row: the request has ${rows} rows, counted from 0`);
  return { kind: "captured", told: { ...told, row: row ?? 0 } };
}

/** What a truth means beside those that are known, which are in order of precedence. */
function judge(truth: Truth, known: readonly Truth[]): FeedbackAnswer | "stored" {
  if (known.some((one) => isSame(one, truth))) return "stored";
  const [held] = known;
  if (held === undefined) return { status: "accepted" };
  if (byPrecedence(held, truth) < 0) {
    if (held.label === truth.label) return "stored";
    return { status: "accepted", reason: "a newer truth is known and holds; this one is kept" };
  }
  if (held.label === truth.label) return held.source === observation ? { status: "accepted" } : "stored";
  return { status: "changed" };
}
