/** What became known of one prediction: its label, who said so and when. */
export interface Truth {
  /** the answered request and the row in it; or else `time` */
  requestId?: string;
  row?: number;
  /** the time of the row that was scored (ISO, UTC), and its entity where the use case has one */
  time?: string;
  entity?: string;
  /** a class, or with regression a number */
  label: string | number;
  /** the value of the label column, where that was told and is not the class itself */
  raw?: string;
  /** when it was told, its file dropped or it was observed; ISO */
  at: string;
  /** its place among those told at once: of two that contradict each other the later one holds */
  place: number;
  /** "feedback", "file <name>" or "observation" */
  source: string;
}

export const observation = "observation";

/** Names the prediction that a truth is about; equal for truths of the same one. */
export function subjectOf({
  requestId,
  row = 0,
  time,
  entity = "",
}: Pick<Truth, "requestId" | "row" | "time" | "entity">) {
  return requestId === undefined ? rowSubject(entity, time as string) : requestSubject(requestId, row);
}

/** The subject of a row of an answered request. */
export function requestSubject(requestId: string, row: number): string {
  return `${requestId} ${row}`;
}

/** The subject of what was predicted for an entity at a time (ISO). */
export function rowSubject(entity: string, time: string): string {
  return `${time} ${entity}`;
}

/**
 * Sorts the truth that holds first: what somebody says is more than what was observed, then the newest; the order in
 * which they were stored changes nothing.
 */
export function byPrecedence(a: Truth, b: Truth): number {
  return (
    Number(a.source === observation) - Number(b.source === observation) ||
    compare(b.at, a.at) ||
    b.place - a.place ||
    compare(String(a.label), String(b.label)) ||
    compare(a.source, b.source)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Every truth by its subject, those that hold first, each once. */
export function bySubject(truths: Iterable<Truth>): Map<string, Truth[]> {
  const found = new Map<string, Truth[]>();
  for (const truth of truths) {
    const subject = subjectOf(truth);
    const known = found.get(subject);
    if (known === undefined) found.set(subject, [truth]);
    else if (!known.some((one) => isSame(one, truth))) known.push(truth);
  }
  for (const known of found.values()) known.sort(byPrecedence);
  return found;
}

/** Whether two truths of one subject are the same one, stored twice. */
export function isSame(a: Truth, b: Truth): boolean {
  return byPrecedence(a, b) === 0;
}
