import { messageOf } from "../errors";
import { cutText } from "../ledger/cutText";
import type { Clock } from "../ports";
import { hourMs } from "../time";
import { type ActionNote, isApproved, isSettled } from "./actionNote";
import { type ActionPolicies, stepsOf } from "./actionPolicies";
import type { ActionResult } from "./actions/action";
import { type ActionParts, type ActionStep, type AnyAction, actions } from "./actions/registry";
import type { Alert } from "./alert";

const longestWords = 500;

/** Starts the actions of an alert that was raised; returns the alert with what was noted on it. */
export type Dispatch = (alert: Alert, note: NoteAction) => Promise<Alert>;

/** Notes on an alert what became of an action. */
export type NoteAction = (alert: Alert, note: Omit<ActionNote, "at">) => Promise<Alert>;

/** The policies of the use case that an alert is about; undefined where its subject is not a use case. */
export type PoliciesOf = (subject: string) => ActionPolicies | undefined;

/** When an action was last done for a subject, and for which alert. */
export interface LastAction {
  at: Date;
  alertId?: string;
}

/** What the dispatch itself needs, besides what each action needs. */
export interface DispatchParts extends ActionParts {
  clock: Clock;
  lastAction(alert: Alert, kind: string): Promise<LastAction | undefined>;
  keepLastAction(subject: string, kind: string, last: { at: Date; alertId: string }): Promise<void>;
}

/**
 * Starts every action that the policies want for an alert and that is not settled for it yet, one after the other: each
 * waits for its cool-down and, where the step asks for it, for a person's approval. An action that fails is noted as
 * failed, keeps no other from its turn, and is tried again when the alert's condition is next found to hold.
 */
export function dispatchActions(
  policiesOf: PoliciesOf,
  partsOf: () => DispatchParts,
  known: readonly AnyAction[] = actions,
): Dispatch {
  return async (alert, note) => {
    let noted = alert;
    for (const step of stepsOf(noted, policiesOf(noted.subject))) {
      const action = known.find(({ kind }) => kind === step.do);
      const name = stepName(step);
      if (action === undefined || isSettled(noted.actions, name)) continue;
      const about = noted;
      noted = await note(noted, { kind: name, ...(await attempt(() => take(partsOf(), action, step, about))) });
    }
    return noted;
  };
}

type Outcome = Omit<ActionNote, "at" | "kind">;

async function take(parts: DispatchParts, action: AnyAction, step: ActionStep, alert: Alert): Promise<Outcome> {
  const name = stepName(step);
  if (step.approval === "manual" && !isApproved(alert.actions, name))
    return { outcome: "asked", words: `waits for approval: POST /alerts/${alert.id}/actions/${name}` };
  const hours = step.cooldownHours ?? action.cooldownHours;
  const last = await parts.lastAction(alert, name);
  if (last !== undefined && last.alertId !== alert.id) {
    const ageMs = parts.clock.now().getTime() - last.at.getTime();
    if (ageMs < hours * hourMs)
      return { outcome: "waiting", words: `not done: the last one was less than ${hours} h ago` };
  }
  const { do: _do, approval: _approval, cooldownHours: _cooldownHours, ...settings } = step;
  const result: ActionResult = await action.run(parts, alert, settings as never);
  if (result.outcome === "done")
    await parts.keepLastAction(alert.subject, name, { at: parts.clock.now(), alertId: alert.id });
  return result;
}

/** Sets a step apart from others of its kind: "webhook:runbook". */
function stepName({ do: kind, name, queue }: ActionStep): string {
  const which = name ?? queue;
  return typeof which === "string" ? `${kind}:${which}` : kind;
}

async function attempt(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    const result = await work();
    return { ...result, words: cutText(result.words, longestWords) };
  } catch (error) {
    return { outcome: "failed", words: cutText(messageOf(error), longestWords) };
  }
}
