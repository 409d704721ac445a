import { type CapturedBlob, capturedBlobs } from "../capture/windows/capturedBlobs";
import type { BlobStore } from "../ports";
import { wireFormat } from "../serving/wire/registry";
import { hourMs, hourPath } from "../time";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { type CapturedRequest, capturedRequests } from "./capturedRequests";
import { hoursOf, pathsHolding } from "./hours";
import { labelReader, type ReadLabel } from "./labelValues";
import type { RowCells } from "./rowCells";
import { rowKey, rowKeyColumns } from "./rowKey";
import { markSeen } from "./seenHours";
import { observation, type Truth } from "./truth";
import { type TruthStore, truthContainer } from "./truthStore";

export interface ObservePorts {
  blobs: BlobStore;
  truths: TruthStore;
}

/**
 * Looks through what was captured in a range and not looked through yet. With a horizon, a row that brings its time,
 * its entity and the label column is an observation: the truth of the prediction made one horizon before. Rows of other
 * hours than the one in which they were captured are noted, so that truth by entity and time finds them. Twice, or by
 * two instances at once, gives the same: what was found in some bytes is written under the name of these bytes.
 */
export async function observe(
  { blobs, truths }: ObservePorts,
  spec: UsecaseSpec,
  range: { from: Date; to: Date },
): Promise<void> {
  if (spec.time === undefined) return;
  const captured = [...(await capturedBlobs(blobs, spec.name, range)).values()];
  if (captured.length === 0) return;
  const done = await coveredBytes(blobs, spec.name, hoursOf(range));
  const observer = new Observer(spec);
  for (const ofHour of captured)
    for (const blob of ofHour) {
      const from = done.get(markPrefix(spec.name, blob)) ?? 0;
      if (from < blob.sizeBytes) await observeBlob({ blobs, truths }, spec, observer, blob, from);
    }
}

async function observeBlob(
  { blobs, truths }: ObservePorts,
  spec: UsecaseSpec,
  observer: Observer,
  blob: CapturedBlob,
  from: number,
): Promise<void> {
  const found: Truth[] = [];
  const hours = new Set<string>();
  const requests = capturedRequests(blobs, blob.name, from, blob.sizeBytes);
  let next = await requests.next();
  for (; next.done !== true; next = await requests.next()) observer.add(next.value, found, hours);
  const name = `observed.v${blob.version}.${blob.hour.replaceAll("/", "")}.${blob.file}.${from}-${next.value}`;
  await truths.addOnce(spec.name, name, found);
  await markSeen(blobs, spec.name, blob, hours);
  await blobs.create(truthContainer, `${markPrefix(spec.name, blob)}${from}-${next.value}`, "");
}

/** Blobs that say how far a capture blob was looked through; written last. */
function markPrefix(model: string, { hour, version, file }: CapturedBlob): string {
  return `${model}/observed/${hour}/v${version}.${file}.`;
}

/** How many bytes, from the start, of each capture blob were looked through. */
async function coveredBytes(blobs: BlobStore, model: string, hours: readonly string[]): Promise<Map<string, number>> {
  const spans = new Map<string, [number, number][]>();
  for (const path of pathsHolding(hours))
    for await (const { name } of blobs.list(truthContainer, `${model}/observed/${path}/`)) {
      const [, prefix, from, to] = /^(.*\.)(\d+)-(\d+)$/.exec(name) ?? [];
      if (prefix === undefined) continue;
      const known = spans.get(prefix) ?? [];
      spans.set(prefix, [...known, [Number(from), Number(to)]]);
    }
  const reach = (found: [number, number][]) =>
    found.sort((a, b) => a[0] - b[0]).reduce((end, [from, to]) => (from <= end ? Math.max(end, to) : end), 0);
  return new Map([...spans].map(([prefix, found]) => [prefix, reach(found)]));
}

/** Takes observations from captured rows. */
class Observer {
  private readonly columns: string[];
  private readonly readLabel: ReadLabel;

  constructor(private readonly spec: UsecaseSpec) {
    this.columns = [...new Set([...rowKeyColumns(spec), spec.label.column])];
    this.readLabel = labelReader(spec);
  }

  /** Adds the observations of a request to `found`, and the hours of its rows to `hours`. */
  add({ format, inputs, timeMs }: CapturedRequest, found: Truth[], hours: Set<string>): void {
    if (inputs === undefined) return;
    const cells = wireFormat(format).contextOf(inputs, this.columns);
    for (let row = 0; row < cells[0].length; row++) {
      const rowCells: RowCells = {};
      for (let at = 0; at < cells.length; at++) rowCells[this.columns[at]] = cells[at][row];
      const key = rowKey(this.spec, rowCells);
      if (key === undefined) continue;
      hours.add(hourPath(new Date(key.time)));
      const truth = this.truthOf(key, rowCells[this.spec.label.column], timeMs, row);
      if (truth !== undefined) found.push(truth);
    }
  }

  private truthOf(
    { time, entity }: { time: string; entity: string },
    cell: unknown,
    timeMs: number,
    place: number,
  ): Truth | undefined {
    const { horizonHours, entity: entityColumn } = this.spec;
    if (horizonHours === undefined || cell === undefined || cell === null) return undefined;
    const label = this.readLabel(cell);
    if (typeof label === "string") return undefined;
    const made = new Date(Date.parse(time) - Math.round(horizonHours * hourMs)).toISOString();
    const subject = { time: made, ...(entityColumn !== undefined && { entity }) };
    return { ...subject, ...label, at: new Date(timeMs).toISOString(), place, source: observation };
  }
}
