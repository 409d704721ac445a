/**
 * Whole lines of one path, in memory outside the JavaScript heap: seconds of traffic wait here, and the garbage
 * collector should not traverse them.
 */
export interface Block {
  path: string;
  bytes: Buffer;
  used: number;
  lines: number;
  /** requests whose replies wait until the block is written */
  waiting: Waiting[];
}

export interface Waiting {
  resolve(): void;
  reject(reason: Error): void;
}

const blockBytes = 64 * 1024;
/** the most that one append may contain in any version of the service; a single line may be longer */
const maxAppendBytes = 4 * 2 ** 20;

/**
 * The lines of one model version waiting to be written, oldest first; one append at a time takes them from the front.
 */
export class CaptureStream {
  sequence = 0;
  lastUsed = 0;
  /** the last append failed */
  isFailing = false;
  /** what is waiting, without what an append is writing */
  pendingBytes = 0;
  readonly blocks: Block[] = [];
  private last: Promise<void> = Promise.resolve();
  private next?: Promise<void>;

  /** `write` writes one group of blocks, or fails. */
  constructor(private readonly write: (stream: CaptureStream, group: Block[]) => Promise<void>) {}

  /** Adds a line to the last block of its path, or to a new one; returns the block and the size of the line. */
  add(path: string, line: string): { block: Block; bytes: number } {
    const room = line.length * 3;
    const last = this.blocks.at(-1);
    const fits = last !== undefined && last.path === path && last.used + room <= last.bytes.length;
    const block = fits ? last : this.newBlock(path, line, room);
    const bytes = block.bytes.write(line, block.used);
    block.used += bytes;
    block.lines++;
    this.pendingBytes += bytes;
    return { block, bytes };
  }

  /**
   * Writes what is waiting now; resolves when it is written or kept for the next attempt. Calls made while one is
   * queued share it.
   */
  flush(): Promise<void> {
    if (this.next !== undefined) return this.next;
    this.next = this.last.then(() => {
      this.next = undefined;
      return this.writeAll();
    });
    this.last = this.next;
    return this.next;
  }

  /** Whether an append is queued that will take everything as soon as the previous one has ended. */
  get isFlushing(): boolean {
    return this.next !== undefined;
  }

  /** Removes the oldest block that no append is writing. */
  drop(): Block | undefined {
    const block = this.blocks.shift();
    if (block) this.pendingBytes -= block.used;
    return block;
  }

  private newBlock(path: string, line: string, room: number): Block {
    const size = room <= blockBytes ? blockBytes : Buffer.byteLength(line);
    const block: Block = { path, bytes: Buffer.allocUnsafeSlow(size), used: 0, lines: 0, waiting: [] };
    this.blocks.push(block);
    return block;
  }

  private async writeAll(): Promise<void> {
    for (let due = this.blocks.length; due > 0; ) {
      const group = this.takeGroup(due);
      if (group.length === 0) return; // they were dropped to stay within the bound
      due -= group.length;
      try {
        await this.write(this, group);
        this.isFailing = false;
      } catch {
        this.isFailing = true;
        this.putBack(group);
        return; // a reader recognises a repeated line by its number: the order must not change
      }
    }
  }

  /** The blocks of one path that one append writes together: a storage request costs more than its bytes. */
  private takeGroup(most: number): Block[] {
    const group: Block[] = [];
    let bytes = 0;
    for (const block of this.blocks.slice(0, most)) {
      if (group.length > 0 && (block.path !== group[0].path || bytes + block.used > maxAppendBytes)) break;
      group.push(block);
      bytes += block.used;
    }
    this.blocks.splice(0, group.length);
    this.pendingBytes -= bytes;
    return group;
  }

  /** During an outage no spare capacity is kept. */
  private putBack(group: Block[]): void {
    const trimmed = group.map((block) => ({ ...block, bytes: Buffer.from(contentOf(block)), waiting: [] }));
    this.blocks.unshift(...trimmed);
    for (const { used } of trimmed) this.pendingBytes += used;
  }
}

export function contentOf({ bytes, used }: Block): Buffer {
  return bytes.subarray(0, used);
}
