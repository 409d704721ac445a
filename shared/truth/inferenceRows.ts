import { capturedBlobs } from "../capture/windows/capturedBlobs";
import type { ModelSignature } from "../onnx/signature";
import type { BlobStore } from "../ports";
import { dayMs, hourMs, hourPath } from "../time";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { type CapturedRequest, capturedRequests } from "./capturedRequests";
import { hoursOf } from "./hours";
import { cellText, csvLine } from "./inferenceCells";
import { truthOf } from "./joinOutcomes";
import { rawLabel } from "./labelValues";
import { type RowCells, rowCells } from "./rowCells";
import { type RowKey, rowKey } from "./rowKey";
import { bySubject, observation, rowSubject, type Truth } from "./truth";
import type { TruthStore } from "./truthStore";

export interface InferencePorts {
  blobs: BlobStore;
  truths: TruthStore;
}

/** The signature of a version that has answered. */
export type SignatureOf = (version: number) => Promise<ModelSignature>;

/** Captured rows as a dataset, and what was left out of it. */
export interface InferenceRows {
  csv: string;
  rows: number;
  /** rows whose truth is known */
  withTruth: number;
  /** rows of a key that was scored again later */
  repeated: number;
  /** rows without a value that the use case requires, the time among them, or of the future */
  unusable: number;
}

/** One captured row with what is known of it. */
interface CapturedRow {
  request: CapturedRequest;
  row: number;
  cells: RowCells;
  key?: RowKey;
  truth?: Truth;
}

/**
 * The rows that were scored in a range as lines of CSV: the use case's columns, then what was predicted and what became
 * true. Without a horizon the label column holds the truth. With one it holds the state that the row brought, which
 * training joins to the row one horizon before like that of any file; where somebody has said what became true of that
 * earlier row, it holds that. The order of lines depends on their content alone.
 */
export async function inferenceRows(
  ports: InferencePorts,
  spec: UsecaseSpec,
  signatureOf: SignatureOf,
  range: { from: Date; to: Date },
  now: Date,
): Promise<InferenceRows> {
  const rows = new RowTable(spec, new Date(now.getTime() + dayMs));
  const read = () => capturedRows(ports.blobs, spec, signatureOf, range);
  const hours = new Set<string>(hoursOf({ ...range, from: new Date(range.from.getTime() - hourMs) }));
  const rowHours = new Set<string>();
  for await (const { key } of read()) if (key) rowHours.add(hourPath(new Date(key.time)));
  const truths = bySubject([
    ...(await truthsIn(ports.truths, spec.name, "requests", hours)),
    ...(await truthsIn(ports.truths, spec.name, "rows", rowHours)),
  ]);
  const told = spec.horizonHours === undefined ? new Map<string, Truth>() : await toldStates(spec, truths, read());
  for await (const row of read()) rows.add({ ...row, truth: truthOf(truths, row.request.id, row.row, row.key) }, told);
  return rows.result();
}

async function truthsIn(truths: TruthStore, model: string, kind: "requests" | "rows", hours: ReadonlySet<string>) {
  const found: Truth[] = [];
  for (const hour of hours) found.push(...(await truths.inHour(model, kind, hour)));
  return found;
}

async function* capturedRows(
  blobs: BlobStore,
  spec: UsecaseSpec,
  signatureOf: SignatureOf,
  range: { from: Date; to: Date },
): AsyncGenerator<CapturedRow> {
  const columns = Object.keys(spec.columns);
  for (const captured of (await capturedBlobs(blobs, spec.name, range)).values())
    for (const { name, sizeBytes, version } of captured) {
      const signature = await signatureOf(version);
      for await (const request of capturedRequests(blobs, name, 0, sizeBytes))
        for (const [row, cells] of rowCells(request, columns, signature).entries()) {
          const key = rowKey(spec, cells);
          yield { request, row, cells, ...(key && { key }) };
        }
    }
}

/** What somebody said of a prediction, by the row that holds the state it was about: one horizon later. */
async function toldStates(
  spec: UsecaseSpec,
  truths: ReadonlyMap<string, Truth[]>,
  rows: AsyncIterable<CapturedRow>,
): Promise<Map<string, Truth>> {
  const told = new Map<string, Truth>();
  const horizonMs = Math.round((spec.horizonHours ?? 0) * hourMs);
  for await (const { request, row, key } of rows) {
    const truth = truthOf(truths, request.id, row, key);
    if (key === undefined || truth === undefined || truth.source === observation) continue;
    told.set(rowSubject(key.entity, new Date(Date.parse(key.time) + horizonMs).toISOString()), truth);
  }
  return told;
}

/** Collects lines; of rows with one key, the one that was scored last. */
class RowTable {
  private readonly columns: string[];
  private readonly lines = new Map<string, { place: string; line: string; hasTruth: boolean }>();
  private repeated = 0;
  private unusable = 0;

  constructor(
    private readonly spec: UsecaseSpec,
    private readonly latest: Date,
  ) {
    this.columns = Object.keys(spec.columns);
  }

  add(row: CapturedRow, told: ReadonlyMap<string, Truth>): void {
    const cells = this.textsOf(row, told);
    if (cells === undefined) {
      this.unusable++;
      return;
    }
    const { request, key } = row;
    const place = `${new Date(request.timeMs).toISOString()} ${request.id} ${String(row.row).padStart(6, "0")}`;
    const subject = key ? rowSubject(key.entity, key.time) : place;
    const known = this.lines.get(subject);
    if (known) this.repeated++;
    if (known && known.place > place) return;
    const line = csvLine([...cells, ...predictedCells(row)]);
    this.lines.set(subject, { place, line, hasTruth: row.truth !== undefined });
  }

  result(): InferenceRows {
    const lines = [...this.lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
    const header = csvLine([...this.columns, ...predictedNames(this.columns)]);
    const withTruth = lines.filter(({ hasTruth }) => hasTruth).length;
    const { repeated, unusable } = this;
    return { csv: header + lines.map(({ line }) => line).join(""), rows: lines.length, withTruth, repeated, unusable };
  }

  /** The cells of the use case's columns; undefined where one that must not be missing is. */
  private textsOf({ cells, key, truth }: CapturedRow, told: ReadonlyMap<string, Truth>): string[] | undefined {
    const { spec } = this;
    if (spec.time !== undefined && (key === undefined || key.time > this.latest.toISOString())) return undefined;
    const state = key && told.get(rowSubject(key.entity, key.time));
    const label = spec.horizonHours === undefined ? truth : state;
    const texts = this.columns.map((name) => {
      const isLabel = name === spec.label.column;
      if (isLabel && label !== undefined) return stateText(spec, cells[name], label);
      return isLabel && spec.horizonHours === undefined ? "" : cellText(spec.columns[name], cells[name]);
    });
    return texts.some((text, at) => text === "" && isRequired(spec, this.columns[at])) ? undefined : texts;
  }
}

/** The value of the label column that means a truth: what the row holds, where that means the same. */
function stateText(spec: UsecaseSpec, cell: unknown, truth: Truth): string {
  const held = cellText(spec.columns[spec.label.column], cell);
  const meansTheSame = truth.raw === undefined && spec.label.mapping?.[held] === truth.label;
  return meansTheSame ? held : rawLabel(spec, truth);
}

function isRequired(spec: UsecaseSpec, name: string): boolean {
  const column = spec.columns[name];
  return column.type === "timestamp" || !column.nullable;
}

const predictedColumns = [
  ...["predicted_label", "predicted_probability", "predicted_value", "truth"],
  ...["request_id", "request_row", "predicted_at", "model_version"],
];

/** Names that no column of the use case has. */
function predictedNames(columns: readonly string[]): string[] {
  return predictedColumns.map((name) => {
    let free = name;
    while (columns.includes(free)) free += "_";
    return free;
  });
}

function predictedCells({ request, row, truth }: CapturedRow): string[] {
  const { id, timeMs, version, outputs = {} } = request;
  const { label, probability, value } = outputs;
  const predicted = [label?.[row], probability?.[row], value?.[row], truth?.label];
  return [...predicted, id, row, new Date(timeMs).toISOString(), version].map((cell) => String(cell ?? ""));
}
