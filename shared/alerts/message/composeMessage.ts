import { figure } from "../../figure";
import { ownValue } from "../../ownValue";
import { timeText } from "../../timeText";
import type { Alert } from "../alert";
import type { AlertMessage, Fact, MessageLink, ToldEvent } from "./alertMessage";
import { whatToDo } from "./whatToDo";

/** Where messages lead. */
export interface MessageAddresses {
  /** the app's own address, without a slash at its end; undefined where it is not known */
  app?: string;
  /** the team's own page of what to do: `{runbook}#{rule}` */
  runbook?: string;
}

/** What happened, and to what; `deliveryId` is that of the message that tells it. */
export interface Told {
  deliveryId: string;
  event: ToldEvent;
  at: string;
}

const titleLength = 140;
const severityWords = { error: "Error", warning: "Warning", info: "Notice" } as const;

/** The message that tells people of a change of an alert. */
export function composeMessage(told: Told, alert: Alert, addresses: MessageAddresses, sentAt: Date): AlertMessage {
  const { event } = told;
  const isOver = event === "resolved" || event === "closed";
  return {
    ...told,
    sentAt,
    title: titleOf(event, alert),
    heading: `${howBad(event, alert)}: ${alert.subject}`,
    summary: sentenceOf(alert.summary),
    alert,
    facts: factsOf(told, alert),
    whatToDo: isOver ? "Nothing: this message only tells that it is over." : whatToDo(alert.rule),
    links: linksOf(alert, addresses, isOver),
  };
}

function titleOf(event: ToldEvent, alert: Alert): string {
  const title = `${howBad(event, alert)}: ${alert.subject}: ${alert.summary}`.replace(/\s+/g, " ");
  return title.length <= titleLength ? title : `${title.slice(0, titleLength - 1).toWellFormed()}…`;
}

function howBad(event: ToldEvent, { severity }: Alert): string {
  const word = severityWords[severity];
  const words: Record<ToldEvent, string> = {
    opened: word,
    worsened: `${word}, worse than before`,
    escalated: `${word}, not acknowledged yet`,
    unsilenced: `${word}, no longer silenced`,
    resolved: "Resolved",
    closed: "Closed",
  };
  return words[event];
}

/** Summaries begin with a small letter, so that they can stand within a sentence. */
function sentenceOf(summary: string): string {
  const begun = summary.charAt(0).toUpperCase() + summary.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

const shownValues = 5;

function factsOf({ event, at }: Told, alert: Alert): Fact[] {
  const { subject, rule, severity, raisedAt, lastSeenAt, occurrences, resolvedAt, closedBy, closeReason } = alert;
  const facts: Fact[] = [
    { name: "Concerns", value: subject },
    { name: "Rule", value: rule },
    { name: "Severity", value: severity },
    { name: "Since", value: timeText(raisedAt) },
  ];
  if (occurrences > 1) facts.push({ name: "Found", value: `${occurrences} times, last at ${timeText(lastSeenAt)}` });
  if (event === "escalated") facts.push({ name: "Escalated", value: timeText(at) });
  facts.push(...evidenceFacts(alert.evidence));
  for (const { kind, words } of alert.actions.slice(-2)) facts.push({ name: "Action", value: `${kind}: ${words}` });
  if (resolvedAt !== undefined) facts.push({ name: "Over", value: `${timeText(resolvedAt)}, after ${lasting(alert)}` });
  if (closedBy !== undefined) facts.push({ name: "Closed by", value: `${closedBy}: ${closeReason ?? ""}` });
  return facts;
}

/** What the evidence says by the names that signals use: version, window, and values against thresholds. */
function evidenceFacts(evidence: Alert["evidence"]): Fact[] {
  const facts: Fact[] = [];
  const { version, windowStart, windowEnd, targetRows, values } = evidence;
  if (typeof version === "number") facts.push({ name: "Version", value: String(version) });
  if (typeof windowStart === "string" && typeof windowEnd === "string") {
    const rows = typeof targetRows === "number" ? ` (${figure(targetRows, 7)} rows)` : "";
    facts.push({ name: "Window", value: `${timeText(windowStart)} to ${timeText(windowEnd)}${rows}` });
  }
  const own = againstThreshold(evidence);
  if (own !== undefined) facts.push({ name: "Value", value: own });
  if (typeof values !== "object" || values === null) return facts;
  const judged = Object.entries(values).flatMap(([name, one]) => {
    const value = againstThreshold(one);
    return value === undefined ? [] : [{ name, value }];
  });
  const left = judged.length - shownValues;
  return [...facts, ...judged.slice(0, shownValues), ...(left > 0 ? [{ name: "More", value: `${left} others` }] : [])];
}

/** "0.52, threshold 0.1" of what has both. */
function againstThreshold(judged: unknown): string | undefined {
  if (typeof judged !== "object" || judged === null) return undefined;
  const [value, threshold] = ["value", "threshold"].map((name) => ownValue(judged as Record<string, unknown>, name));
  if (typeof value !== "number") return undefined;
  return typeof threshold === "number" ? `${figure(value)}, threshold ${figure(threshold)}` : figure(value);
}

function lasting({ raisedAt, resolvedAt = raisedAt }: Alert): string {
  const minutes = Math.max(1, Math.round((Date.parse(resolvedAt) - Date.parse(raisedAt)) / 60_000));
  if (minutes < 120) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function linksOf({ id, rule }: Alert, { app = "", runbook }: MessageAddresses, isOver: boolean): MessageLink[] {
  const links = [{ text: "The alert", href: `${app}/alerts/${id}` }];
  if (!isOver) links.push({ text: "Acknowledge", href: `POST ${app}/alerts/${id}/acknowledge` });
  if (runbook !== undefined) links.push({ text: "Runbook", href: `${runbook}#${rule}` });
  return links;
}
