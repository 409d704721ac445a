import type { CategoryBins, CategoryProfile } from "../../monitoring/profile";
import { type FeatureDomain, trimSpaces } from "../../onnx/featureDomain";
import { type CountedFaults, noFaults } from "./counted";
import { batchRows, type InputColumn } from "./inputColumn";
import { hashOfText, NameCounter } from "./nameSample";

export interface CategoryColumnOptions {
  bins: CategoryBins;
  domain?: FeatureDomain;
  /** the column's place in a row */
  position: number;
  /** how many values that training never saw are told */
  mostUnseen: number;
  /** what a text was captured as, where the column is sensitive */
  masked?: (text: string) => string;
}

/** A category input: a text that training does not know counts as unseen. */
export class CategoryColumn implements InputColumn {
  readonly type = "category";
  readonly name: string;
  readonly values = new Float64Array(batchRows);
  readonly given = this.values;
  private readonly index: Map<string, number>;
  private readonly levels: Float64Array;
  private readonly found = noFaults();
  private readonly unseenCounts: NameCounter;
  private known = 0;
  private missing = 0;
  private unseenRows = 0;
  private first = 0;
  private last = 0;
  private apart = 0;

  constructor(private readonly options: CategoryColumnOptions) {
    const { bins, masked, mostUnseen } = options;
    this.name = bins.name;
    this.index = new Map(bins.levels.map((level, code) => [level, code]));
    if (masked) for (const [code, level] of bins.levels.entries()) this.index.set(masked(level), code);
    this.levels = new Float64Array(bins.levels.length);
    this.unseenCounts = new NameCounter(mostUnseen);
  }

  take(rows: unknown[][], from: number, to: number, at: number): void {
    const { values, index } = this;
    const { position } = this.options;
    for (let row = from; row < to; row++, at++) {
      const cell = rows[row][position];
      const code = typeof cell === "string" ? index.get(cell) : undefined;
      values[at] = code ?? this.judge(cell);
    }
  }

  takeRefused(row: unknown[]): void {
    const cell = row[this.options.position];
    if (typeof cell !== "string" && cell !== null && cell !== undefined) this.found.wrongType++;
  }

  count(count: number): void {
    const { values, levels } = this;
    for (let row = 0; row < count; row++) {
      const value = values[row];
      if (Number.isNaN(value)) {
        this.missing++;
        continue;
      }
      const isSeen = value < levels.length;
      const code = isSeen ? value : levels.length; // texts that training never saw count as one another's equals
      if (isSeen) levels[code]++;
      else this.unseenRows++;
      if (this.known === 0) this.first = code;
      else if (code !== this.last) this.apart++;
      this.last = code;
      this.known++;
    }
  }

  profile(): CategoryProfile {
    const { known: count, missing, unseenRows: unseen, first, last, apart } = this;
    return { count, missing, levels: [...this.levels], unseen, neighbours: { first, last, apart } };
  }

  faults(): CountedFaults {
    return this.found;
  }

  unseen(): Record<string, number> {
    return this.unseenCounts.total();
  }

  /** What a cell that is no level counts as: NaN where it is missing, else a number beyond the levels' codes. */
  private judge(cell: unknown): number {
    if (typeof cell !== "string") {
      if (cell === null || cell === undefined) this.found.missing++;
      else this.found.wrongType++;
      return Number.NaN;
    }
    const { domain } = this.options;
    const text = domain === undefined ? cell : trimSpaces(cell);
    if (text === "") {
      this.found.missing++;
      return Number.NaN;
    }
    if (domain?.sentinels.includes(text)) {
      this.found.sentinels++;
      return Number.NaN;
    }
    const code = this.index.get(text);
    if (code !== undefined) return code;
    this.unseenCounts.add(text.slice(0, longestText));
    return this.levels.length + hashOfText(text);
  }
}

/** characters of a value that is told */
const longestText = 100;
