import { addCounts } from "./addCounts";

/** A 32-bit hash of a text (FNV-1a, finished as in MurmurHash3), the same in every process. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return finished(hash);
}

function finished(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Whether the first name comes before the second in the order by hash, and by name where hashes are equal. */
function comesBefore(a: string, b: string): boolean {
  const [first, second] = [hashOfText(a), hashOfText(b)];
  return first === second ? a < b : first < second;
}

/** The names in the order by hash. */
function byHash(names: string[]): string[] {
  const hashes = new Map(names.map((name) => [name, hashOfText(name)]));
  const hash = (name: string) => hashes.get(name) as number;
  return names.sort((a, b) => hash(a) - hash(b) || (a < b ? -1 : 1));
}

/**
 * The `most` entries whose names come first by hash. A name that is kept of a whole is kept of every part that has it,
 * so that what is counted by name stays exact and parts may be added up in any grouping.
 */
export function firstByHash<T>(entries: Record<string, T>, most: number): Record<string, T> {
  const names = Object.keys(entries);
  if (names.length <= most) return entries;
  return Object.fromEntries(
    byHash(names)
      .slice(0, most)
      .map((name) => [name, entries[name]]),
  );
}

/** How many different values are kept of each of so many columns. */
export function valuesKept(columns: number): number {
  return Math.min(200, Math.max(20, Math.floor(4096 / Math.max(1, columns))));
}

type ValueCounts = Record<string, Record<string, number>>;

/** The sums of two counts by column and value. */
export function addValueCounts(a: ValueCounts, b: ValueCounts, columns: number): ValueCounts {
  const most = valuesKept(columns);
  const sums = new Map(Object.entries(a));
  for (const [column, counts] of Object.entries(b))
    sums.set(column, firstByHash(addCounts(sums.get(column) ?? {}, counts), most));
  return Object.fromEntries(sums);
}

/** Numbers names from 0 while they come; of more than `most` names it keeps those that come first by hash. */
export class NameSample {
  private readonly slots = new Map<string, number>();
  private last?: string;

  constructor(
    private readonly most: number,
    /** a slot is given to another name: what was counted in it is void */
    private readonly cleared: (slot: number) => void,
  ) {}

  /** The slot of a name; -1 if it is not among those kept. */
  slotOf(name: string): number {
    const known = this.slots.get(name);
    if (known !== undefined) return known;
    if (this.slots.size < this.most) return this.add(name, this.slots.size);
    this.last ??= this.lastByHash();
    if (!comesBefore(name, this.last)) return -1;
    const slot = this.slots.get(this.last) as number;
    this.slots.delete(this.last);
    this.cleared(slot);
    return this.add(name, slot);
  }

  /** The names with their slots. */
  entries(): Iterable<[name: string, slot: number]> {
    return this.slots;
  }

  private add(name: string, slot: number): number {
    this.slots.set(name, slot);
    this.last = undefined;
    return slot;
  }

  private lastByHash(): string {
    return [...this.slots.keys()].reduce((last, name) => (comesBefore(last, name) ? name : last));
  }
}

/** Counts names while they come; of more than `most` those that come first by hash. */
export class NameCounter {
  private readonly counts: number[] = [];
  private readonly names: NameSample;

  constructor(most: number) {
    this.names = new NameSample(most, (slot) => {
      this.counts[slot] = 0;
    });
  }

  add(name: string): void {
    const slot = this.names.slotOf(name);
    if (slot >= 0) this.counts[slot] = (this.counts[slot] ?? 0) + 1;
  }

  /** The counts so far. */
  total(): Record<string, number> {
    return Object.fromEntries([...this.names.entries()].map(([name, slot]) => [name, this.counts[slot]]));
  }
}
