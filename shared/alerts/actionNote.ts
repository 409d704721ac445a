import { z } from "zod";

/** What became of one action for an alert; each change of it is a note of its own. */
export const actionNote = z.object({
  /** the action, with what sets it apart from others of its kind: "retrain", "webhook:runbook" */
  kind: z.string(),
  at: z.string(),
  /**
   * done, nothing (there was nothing to do) and rejected: never again for this alert; waiting and failed: tried again
   * at the next occurrence; asked: waits for a person; approved: it may be done
   */
  outcome: z.enum(["done", "waiting", "failed", "nothing", "asked", "approved", "rejected"]),
  words: z.string(),
  /** the run that was started */
  runId: z.string().optional(),
});

export type ActionNote = z.infer<typeof actionNote>;

const final: readonly ActionNote["outcome"][] = ["done", "nothing", "rejected"];

/** an approval is remembered until the action is done, however often it fails before */
const kept: readonly ActionNote["outcome"][] = [...final, "approved"];

/**
 * newest notes that are not kept for ever, which an alert keeps beside the newest of each action; the audit trail has
 * all
 */
const keptOpenNotes = 10;

/** Whether nothing more happens to the action for the alert of these notes. */
export function isSettled(notes: readonly ActionNote[], kind: string): boolean {
  return notes.some((note) => note.kind === kind && final.includes(note.outcome));
}

/** Whether a person approved the action for the alert of these notes. */
export function isApproved(notes: readonly ActionNote[], kind: string): boolean {
  return notes.some((note) => note.kind === kind && note.outcome === "approved");
}

/** The notes with one more, newest last; undefined where it says nothing new. */
export function withNote(notes: readonly ActionNote[], note: ActionNote): ActionNote[] | undefined {
  if (isSettled(notes, note.kind)) return undefined;
  const last = notes.findLast(({ kind }) => kind === note.kind);
  if (last?.outcome === note.outcome && last.words === note.words) return undefined;
  const all = [...notes, note];
  const older = new Set(all.filter(({ outcome }) => !kept.includes(outcome)).slice(0, -keptOpenNotes));
  const isNewest = (one: ActionNote) => all.findLast(({ kind }) => kind === one.kind) === one;
  return all.filter((one) => !older.has(one) || isNewest(one));
}
