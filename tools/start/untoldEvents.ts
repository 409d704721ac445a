/** Something that happened: `key` is new with each happening. */
export interface TimedEvent {
  key: string;
  /** when, ISO; absent where nobody kept it */
  at?: string;
}

/**
 * Tells which events are news: they happened at `since` or later, and were not among those of an earlier look. A use case that is taken
 * away and added again shows its old runs once more, and they are no news.
 */
export class UntoldEvents {
  private readonly known = new Set<string>();

  constructor(private readonly since: Date) {}

  /** Those of `events` that are news; from now on they are known. */
  take<One extends TimedEvent>(events: One[]): One[] {
    const since = this.since.toISOString();
    const news = events.filter(({ key, at }) => at !== undefined && at >= since && !this.known.has(key));
    for (const { key } of events) this.known.add(key);
    return news;
  }
}
