/** A person's decision that an alias stays where it is: no run moves it until a person releases it, or until a date. */
export interface AliasPin {
  by: string;
  since: string;
  reason: string;
  /** ISO; without it, until a person releases the alias */
  until?: string;
}

/** The columns of an alias row for its pin. */
export function pinColumns(pin: AliasPin | undefined): Record<string, string | undefined> {
  return pin ? { pinnedBy: pin.by, pinnedSince: pin.since, pinReason: pin.reason, pinnedUntil: pin.until } : {};
}

/** The sentence that says why a run did not move the champion. */
export function pinSentence(version: number, { by, since, reason, until }: AliasPin): string {
  const end = until === undefined ? "until a person releases it" : `until ${until}`;
  return `the champion is pinned at version ${version} by ${by} since ${since}, ${end}: ${reason}`;
}
