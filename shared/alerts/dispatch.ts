import { messageOf } from "../errors";
import { cutText } from "../ledger/cutText";
import { type ActionNote, isDone } from "./actionNote";
import type { ActionResult } from "./actions/action";
import { type ActionParts, type ActionPolicies, actions } from "./actions/registry";
import type { Alert } from "./alert";

const longestWords = 500;

/** Starts the actions of an alert that was raised; returns the alert with what was noted on it. */
export type Dispatch = (alert: Alert, note: NoteAction) => Promise<Alert>;

/** Notes on an alert what became of an action. */
export type NoteAction = (alert: Alert, note: Omit<ActionNote, "at">) => Promise<Alert>;

/** The policies of the use case that an alert is about; undefined where its subject is not a use case. */
export type PoliciesOf = (subject: string) => ActionPolicies | undefined;

/**
 * Starts every action that the policies want for an alert and that was not done for it yet, one after the other. An
 * action that fails is noted as failed, keeps no other from its turn, and is tried again when the alert's condition is
 * next found to hold.
 */
export function dispatchActions(policiesOf: PoliciesOf, partsOf: () => ActionParts, known = actions): Dispatch {
  return async (alert, note) => {
    let noted = alert;
    for (const action of known) {
      const { kind } = action;
      const work = action.wanted(noted, policiesOf(noted.subject));
      if (work === undefined || isDone(noted.actions, kind)) continue;
      noted = await note(noted, { kind, ...(await attempt(() => work(partsOf()))) });
    }
    return noted;
  };
}

async function attempt(work: () => Promise<ActionResult>): Promise<Omit<ActionNote, "at" | "kind">> {
  try {
    const result = await work();
    return { ...result, words: cutText(result.words, longestWords) };
  } catch (error) {
    return { outcome: "failed", words: cutText(messageOf(error), longestWords) };
  }
}
