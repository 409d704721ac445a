/** Something that happened: every occurrence has its own `key`. */
export interface TimedEvent {
  key: string;
  /** when, ISO; absent if it was not recorded */
  at?: string;
}

/**
 * Picks out the events that are new: they happened at `since` or later and were not in an earlier list. When a use case
 * is removed and added again, its old runs reappear in the list, but they are not new.
 */
export class NewEvents {
  private readonly known = new Set<string>();

  constructor(private readonly since: Date) {}

  /** Those of `events` that are new; from now on all of them are known. */
  take<One extends TimedEvent>(events: One[]): One[] {
    const since = this.since.toISOString();
    const found = events.filter(({ key, at }) => at !== undefined && at >= since && !this.known.has(key));
    for (const { key } of events) this.known.add(key);
    return found;
  }
}
