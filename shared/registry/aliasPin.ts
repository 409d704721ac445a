import type { TableRow } from "../ports";

/** A person's word that an alias stays where it is: no run moves it until a person releases it, or until a date. */
export interface AliasPin {
  by: string;
  since: string;
  reason: string;
  /** ISO; absent: until a person releases it */
  until?: string;
}

/** The columns of an alias row that keep its pin. */
export function pinColumns(pin: AliasPin | undefined): Record<string, string | undefined> {
  return pin ? { pinnedBy: pin.by, pinnedSince: pin.since, pinReason: pin.reason, pinnedUntil: pin.until } : {};
}

/** The pin that an alias row holds; one whose date has passed no longer counts. */
export function readPin(row: TableRow, now: Date): AliasPin | undefined {
  if (row.pinnedBy === undefined) return undefined;
  const until = row.pinnedUntil === undefined ? undefined : String(row.pinnedUntil);
  if (until !== undefined && Date.parse(until) <= now.getTime()) return undefined;
  return { by: String(row.pinnedBy), since: String(row.pinnedSince), reason: String(row.pinReason), until };
}

/** The sentence that tells why a run did not move the champion. */
export function pinSentence(version: number, { by, since, reason, until }: AliasPin): string {
  const end = until === undefined ? "until a person releases it" : `until ${until}`;
  return `the champion is pinned at version ${version} by ${by} since ${since}, ${end}: ${reason}`;
}
