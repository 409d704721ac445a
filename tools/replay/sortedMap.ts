/** A map whose keys can be walked in order from any key on. */
export class SortedMap<V> {
  private readonly values = new Map<string, V>();
  private readonly keys: string[] = [];

  get(key: string): V | undefined {
    return this.values.get(key);
  }

  set(key: string, value: V): void {
    if (!this.values.has(key)) this.keys.splice(this.placeOf(key), 0, key);
    this.values.set(key, value);
  }

  delete(key: string): void {
    if (this.values.delete(key)) this.keys.splice(this.placeOf(key), 1);
  }

  /** Entries with keys from `from` (inclusive) up to `to` (exclusive), as they are now. */
  range(from = "", to?: string): [key: string, value: V][] {
    const found: [string, V][] = [];
    for (let at = this.placeOf(from); at < this.keys.length; at++) {
      const key = this.keys[at];
      if (to !== undefined && key >= to) break;
      found.push([key, this.values.get(key) as V]);
    }
    return found;
  }

  private placeOf(key: string): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
