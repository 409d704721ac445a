import { z } from "zod";

/** What became of one action for an alert; each change of it is a note of its own. */
export const actionNote = z.object({
  /** the action */
  kind: z.string(),
  at: z.string(),
  /** done: never again for this alert; waiting or failed: tried again at the next occurrence */
  outcome: z.enum(["done", "waiting", "failed"]),
  words: z.string(),
  /** the run that was started */
  runId: z.string().optional(),
});

export type ActionNote = z.infer<typeof actionNote>;

/** newest notes that are not "done", which an alert keeps beside the newest of each action; the audit trail has all */
const keptOpenNotes = 10;

/** Whether the action has been done for the alert of these notes. */
export function isDone(notes: readonly ActionNote[], kind: string): boolean {
  return notes.some((note) => note.kind === kind && note.outcome === "done");
}

/** The notes with one more, newest last; undefined where it says nothing new. */
export function withNote(notes: readonly ActionNote[], note: ActionNote): ActionNote[] | undefined {
  if (isDone(notes, note.kind)) return undefined;
  const last = notes.findLast(({ kind }) => kind === note.kind);
  if (last?.outcome === note.outcome && last.words === note.words) return undefined;
  const all = [...notes, note];
  const older = new Set(all.filter(({ outcome }) => outcome !== "done").slice(0, -keptOpenNotes));
  const isNewest = (one: ActionNote) => all.findLast(({ kind }) => kind === one.kind) === one;
  return all.filter((one) => !older.has(one) || isNewest(one));
}
