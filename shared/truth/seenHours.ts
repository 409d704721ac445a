import type { BlobStore } from "../ports";
import { hourMs, hourPath } from "../time";
import { hourOfPath } from "./hours";
import { truthContainer } from "./truthStore";

/** The hours in which a row of that hour is usually scored, and looked for without a note: its own and the next. */
export function usualHours(hour: string): string[] {
  return [hour, hourPath(new Date(hourOfPath(hour).getTime() + hourMs))];
}

function notesOf(model: string, hour: string): string {
  return `${model}/seen/${hour}/`;
}

/** Notes where rows of `hours` were captured, if that was at an unusual hour. */
export async function markSeen(
  blobs: BlobStore,
  model: string,
  { hour: captured }: { hour: string },
  hours: Iterable<string>,
): Promise<void> {
  for (const hour of hours)
    if (!usualHours(hour).includes(captured))
      await blobs.create(truthContainer, `${notesOf(model, hour)}${captured.replaceAll("/", "")}`, "");
}

/** The hours in which rows of an hour may have been captured. */
export async function seenHours(blobs: BlobStore, model: string, hour: string): Promise<string[]> {
  const found = usualHours(hour);
  const notes = notesOf(model, hour);
  for await (const { name } of blobs.list(truthContainer, notes))
    found.push(name.slice(notes.length).replace(/^(\d{4})(\d\d)(\d\d)(\d\d)$/, "$1/$2/$3/$4"));
  return found;
}
