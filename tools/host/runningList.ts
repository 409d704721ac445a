/** One invocation at work; a link of the list below. */
export interface Running {
  id: string;
  functionName: string;
  /** on the clock of performance.now() */
  startedAt: number;
  older?: Running;
  newer?: Running;
}

/**
 * The invocations at work, oldest first. Linked, since a Map's table is rebuilt again and again by short-lived entries.
 */
export class RunningList {
  oldest: Running | undefined;
  private newest: Running | undefined;

  add(id: string, functionName: string): Running {
    const entry: Running = { id, functionName, startedAt: performance.now(), older: this.newest, newer: undefined };
    if (this.newest) this.newest.newer = entry;
    else this.oldest = entry;
    this.newest = entry;
    return entry;
  }

  remove(entry: Running): void {
    if (entry.older) entry.older.newer = entry.newer;
    else this.oldest = entry.newer;
    if (entry.newer) entry.newer.older = entry.older;
    else this.newest = entry.older;
    // A finished entry must not keep its neighbours alive.
    entry.older = undefined;
    entry.newer = undefined;
  }
}
