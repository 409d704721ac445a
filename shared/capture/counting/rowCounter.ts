import type { FeatureBins, NumberProfile } from "../../monitoring/profile";
import type { ModelSignature } from "../../onnx/signature";
import { ownValue } from "../../ownValue";
import { CategoryColumn } from "./categoryColumn";
import type { Counted } from "./counted";
import { RunCounter } from "./entityRuns";
import { batchRows, type InputColumn } from "./inputColumn";
import { MomentCounter } from "./momentCounter";
import { hashOfText, valuesKept } from "./nameSample";
import { NumberColumn } from "./numberColumn";
import { CopyCounter } from "./rowCopies";
import { RowHash } from "./rowHash";
import type { CapturedColumns, WatchedVersion } from "./watchedVersion";

/** The rows of one request. */
export interface RequestRows {
  rows: unknown[][];
  /** their fields by name, where the format names them */
  fields?: Record<string, unknown>[];
  /** its number */
  request: number;
  /** in which it was answered */
  hour: string;
}

type RowTotals = Pick<Counted, "rows" | "inputs" | "faults" | "runs" | "moments" | "copies" | "unseenValues">;

/** Counts rows by batches, each column by column. */
export class RowCounter {
  private counted = 0;
  private held = 0;
  private readonly columns: InputColumn[];
  /** those whose cells the served version takes and the log keeps, by their place; cells of others say nothing */
  private readonly present: [at: number, column: InputColumn][];
  private readonly moments: MomentCounter;
  private readonly momentValues: Float64Array[];
  private readonly runs: RunCounter;
  private readonly copies = new CopyCounter();
  private readonly hash = new RowHash(batchRows);
  private readonly slots = new Int32Array(batchRows);
  private readonly requests = new Int32Array(batchRows);
  /** hashes of the entity and the time of each row; of the hour, where it has no time of its own */
  private readonly places = new Float64Array(batchRows);
  private readonly entityAt: number;

  constructor(
    watched: WatchedVersion,
    served: ModelSignature,
    private readonly declared: CapturedColumns,
  ) {
    const { bins } = watched.training;
    const position = (name: string) => served.features.findIndex((feature) => feature.name === name);
    this.columns = bins.map((one, i) => columnOf(watched, i, position(one.name), declared));
    this.present = [...this.columns.entries()].filter(
      ([, { name }]) => position(name) >= 0 && !declared.unreadable.has(name),
    );
    const numbers = bins.filter(({ type }) => type === "number").map(({ name }) => name);
    this.moments = new MomentCounter(numbers);
    const present = new Map(this.present.map(([, column]) => [column.name, column.values]));
    const values = this.moments.columns.map((name) => present.get(name));
    this.momentValues = values.every((one) => one !== undefined) ? values : [];
    this.runs = new RunCounter(bins.length);
    this.entityAt = declared.entity === undefined ? -1 : position(declared.entity);
  }

  add({ rows, fields, request, hour }: RequestRows): void {
    const hourHash = hashOfText(hour);
    for (let from = 0; from < rows.length; ) {
      const count = Math.min(batchRows - this.held, rows.length - from);
      for (const [, column] of this.present) column.take(rows, from, from + count, this.held);
      this.requests.fill(request, this.held, this.held + count);
      this.placeRows(rows, fields, { from, count, hourHash });
      from += count;
      this.held += count;
      if (this.held === batchRows) this.count();
    }
  }

  /** Counts the cells of the wrong type in the rows of a refused request. */
  addRefused(rows: unknown[][]): void {
    for (const row of rows) for (const [, column] of this.present) column.takeRefused(row);
  }

  /** What was counted. */
  total(): RowTotals {
    this.count();
    const { columns } = this;
    const unseen = columns.map((column) => [column.name, column.unseen()] as const);
    return {
      rows: this.counted,
      inputs: { rows: this.counted, features: columns.map((column) => column.profile()) },
      faults: columns.map((column) => column.faults()),
      runs: this.runs.total(),
      moments: this.moments.total(),
      copies: this.copies.sample(),
      unseenValues: Object.fromEntries(unseen.filter(([, counts]) => Object.keys(counts).length > 0)),
    };
  }

  /** Notes whose rows they are and of which time. */
  private placeRows(
    rows: unknown[][],
    fields: RequestRows["fields"],
    { from, count, hourHash }: { from: number; count: number; hourHash: number },
  ): void {
    const { slots, places, held, entityAt } = this;
    if (entityAt < 0 && fields === undefined) {
      slots.fill(this.runs.slotOf(""), held, held + count);
      places.fill(hourHash, held, held + count);
      return;
    }
    for (let row = 0; row < count; row++) {
      const own = fields?.[from + row];
      const entity = textOf(entityAt >= 0 ? rows[from + row][entityAt] : fieldOf(own, this.declared.entity));
      const time = fieldOf(own, this.declared.time);
      slots[held + row] = this.runs.slotOf(entity);
      places[held + row] = hashOfText(entity) * 2 ** 20 + (time === undefined ? hourHash : hashOfText(textOf(time)));
    }
  }

  /** Counts the batch, and starts the next one. */
  private count(): void {
    const { held, hash, slots } = this;
    if (held === 0) return;
    for (const [i, column] of this.present) {
      hash.add(column.given, held);
      column.count(held);
      this.runs.add(i, column.values, slots, held);
    }
    hash.add(this.places, held);
    hash.finish(held);
    this.copies.add(hash.high, hash.low, this.requests, held);
    hash.clear(held);
    if (this.momentValues.length > 0) this.moments.add(this.momentValues, held);
    this.counted += held;
    this.held = 0;
  }
}

function fieldOf(fields: Record<string, unknown> | undefined, name: string | undefined): unknown {
  return fields && name !== undefined ? ownValue(fields, name) : undefined;
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

function columnOf(
  { signature, training }: WatchedVersion,
  at: number,
  position: number,
  { masked }: CapturedColumns,
): InputColumn {
  const bins: FeatureBins = training.bins[at];
  const slot = signature.features.find(({ name }) => name === bins.name);
  const shared = { domain: slot?.domain, position, mostUnseen: valuesKept(training.bins.length) };
  if (bins.type === "category")
    return new CategoryColumn({ ...shared, bins, masked: masked && ownValue(masked, bins.name) });
  const { min: least, max: greatest } = training.profile.features[at] as NumberProfile;
  const isBoolean = signature.inputs.find(({ name }) => name === slot?.input)?.datatype === "BOOL";
  return new NumberColumn({ ...shared, bins, least, greatest, isBoolean });
}
