import { z } from "zod";
import { objectOf } from "../documents";

/** A condition opens its alert once it held in `needed` of the last `among` windows that do not overlap. */
export interface Confirm {
  needed: number;
  among: number;
}

/** From `start` to `end`, instants in ISO form. */
export interface InstantRange {
  start: string;
  end: string;
}

/** A window, and whether the condition held in it. */
export interface JudgedWindow extends InstantRange {
  held: boolean;
}

/** What a pending alert waits for, and the windows so far, oldest first: the first is one in which it held. */
export interface Confirmation extends Confirm {
  windows: JudgedWindow[];
}

export const confirmation = objectOf<Confirmation>({
  needed: z.int().min(1),
  among: z.int().min(1),
  windows: z.array(objectOf<JudgedWindow>({ start: z.string(), end: z.string(), held: z.boolean() })),
});

/** What the windows of an alert say of it. */
export interface Confirmed {
  state: "pending" | "confirmed" | "over";
  confirmation: Confirmation;
}

/**
 * Takes one more window into account: one that overlaps the newest or precedes it says nothing new and is left out. An
 * alert is over once none of its windows can be among enough others.
 */
export function judgeWindow(windows: readonly JudgedWindow[], next: JudgedWindow, confirm: Confirm): Confirmed {
  const { needed } = confirm;
  const among = Math.max(confirm.among, needed);
  const all = isBehind(next, windows.at(-1)) ? [...windows, next] : [...windows];
  const newest = all.slice(-among);
  const told = (kept: JudgedWindow[]) => ({ needed, among, windows: kept });
  if (heldIn(newest) >= needed) return { state: "confirmed", confirmation: told(newest) };
  const kept = stillUseful(newest, needed, among);
  // the windows of one that is over tell why
  return kept.length > 0
    ? { state: "pending", confirmation: told(kept) }
    : { state: "over", confirmation: told(newest) };
}

function isBehind(next: InstantRange, newest: InstantRange | undefined): boolean {
  return newest === undefined || (next.start >= newest.end && next.end > newest.end);
}

function heldIn(windows: readonly JudgedWindow[]): number {
  return windows.filter(({ held }) => held).length;
}

/** The windows from the first one on that may yet be among `needed` that held; none where no such one is left. */
function stillUseful(windows: JudgedWindow[], needed: number, among: number): JudgedWindow[] {
  const first = windows.findIndex(({ held }, at) => {
    const from = windows.slice(at);
    return held && heldIn(from) + (among - from.length) >= needed;
  });
  return first < 0 ? [] : windows.slice(first);
}
