import { z } from "zod";
import { inputFaults } from "../inputFaults";
import { instantOf } from "../instantText";
import type { ColumnMasks } from "../usecase/columnMasks";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import { labelReader } from "./labelValues";
import type { Truth } from "./truth";

const fields = "a row has requestId and row, or entity and time; and label";

/** A row of feedback as somebody sends it. */
const feedbackRow = z.strictObject({
  requestId: z.string().optional(),
  row: z.int().min(0).optional(),
  entity: z.string().optional(),
  time: z.string().optional(),
  label: z.union([z.string(), z.number()]),
});

/** What a row of feedback says, without when and by whom. */
export type ToldTruth = Omit<Truth, "at" | "place" | "source">;

/** A row that was read, or what is wrong with it. */
export type FeedbackRow = { told: ToldTruth } | { fault: string };

/** Reads rows of feedback of a use case; a row at fault says why, without its values. */
export function feedbackReader(spec: UsecaseSpec, masks: ColumnMasks): (row: unknown) => FeedbackRow {
  const readLabel = labelReader(spec);
  const readSubject = subjectReader(spec, masks);
  return (row) => {
    const parsed = feedbackRow.safeParse(row);
    if (!parsed.success) {
      const [{ path, message }] = inputFaults(parsed.error.issues, fields);
      return { fault: path === "" ? message : `${path}: ${message}` };
    }
    const label = readLabel(parsed.data.label);
    if (typeof label === "string") return { fault: `label: ${label}` };
    const subject = readSubject(parsed.data);
    return typeof subject === "string" ? { fault: subject } : { told: { ...subject, ...label } };
  };
}

type Asked = Partial<z.infer<typeof feedbackRow>>;
type Subject = Pick<Truth, "requestId" | "row" | "time" | "entity">;

/** Reads which prediction somebody means, its entity as rows are captured; a text says what is wrong. */
export function subjectReader(spec: UsecaseSpec, masks: ColumnMasks): (asked: Asked) => Subject | string {
  return (asked) => (asked.requestId === undefined ? maskedKey(spec, masks, asked) : requestOf(asked));
}

function maskedKey(spec: UsecaseSpec, masks: ColumnMasks, asked: Asked): Subject | string {
  const key = keyOf(spec, asked);
  const columns = [spec.time, spec.entity].filter((name) => name !== undefined);
  const hidden = masks.of(spec);
  // a hash names no time
  const omitted = columns.find((name) => hidden.get(name)?.mode === "omit" || (name === spec.time && hidden.has(name)));
  if (omitted !== undefined)
    return `requestId: it is missing; the column ${omitted} is not captured, so it finds no row`;
  const mask = spec.entity === undefined ? undefined : hidden.get(spec.entity);
  if (typeof key === "string" || mask === undefined || key.entity === undefined) return key;
  return { ...key, entity: String(mask.mask(key.entity)) };
}

function requestOf({ requestId = "", row, entity, time }: Asked): Subject | string {
  if (entity !== undefined || time !== undefined) return "requestId: send either requestId and row, or entity and time";
  return { requestId: requestId.trim().toLowerCase(), ...(row !== undefined && { row }) };
}

function keyOf(spec: UsecaseSpec, { row, entity, time }: Asked): Subject | string {
  if (spec.time === undefined) return "requestId: it is missing; the use case has no time column to find rows by";
  if (row !== undefined) return "row: it belongs to a requestId";
  if (time === undefined) return "time: it is missing; send requestId, or the time of the row that was scored";
  const timeMs = instantOf(time);
  if (timeMs === undefined) return "time: a time in ISO 8601 is needed, such as 2024-07-01T00:00:00Z";
  const at = { time: new Date(timeMs).toISOString() };
  if (spec.entity === undefined) return entity === undefined ? at : "entity: the use case has no entity column";
  const text = entity?.trim() ?? "";
  return text === "" ? `entity: it is missing; send the row's ${spec.entity}` : { ...at, entity: text };
}
