import { z } from "zod";
import { documentType, objectOf, unchanged } from "../documents";
import type { AliasPin } from "./aliasPin";

/** Where an alias points, who pinned it, and the tag that guards its next move. */
export interface AliasState {
  version: number;
  etag: string;
  movedAt: string;
  /** of the move that brought it there, or confirmed it */
  operation: string;
  /** absent if the alias is free or its pin has expired */
  pin?: AliasPin;
  /** present while requests by the alias are answered with 503 */
  pause?: AliasPause;
}

/** Why requests by an alias are not answered, until a person resumes it or it is moved. */
export interface AliasPause {
  by: string;
  since: string;
  reason: string;
}

const pin = objectOf<AliasPin>({
  by: z.string(),
  since: z.string(),
  reason: z.string(),
  until: z.string().optional(),
});

const state = objectOf<AliasState>({
  version: z.int().min(1),
  etag: z.string(),
  movedAt: z.string(),
  operation: z.string(),
  pin: pin.optional(),
  pause: objectOf<AliasPause>({ by: z.string(), since: z.string(), reason: z.string() }).optional(),
});

function hasAny(parts: Record<string, unknown>): boolean {
  return Object.values(parts).some((part) => part !== undefined);
}

/** The columns of an alias row for its pause. */
export function pauseColumns(pause: AliasPause | undefined): Record<string, string> {
  return pause ? { pausedBy: pause.by, pausedSince: pause.since, pauseReason: pause.reason } : {};
}

/** A row `alias:{name}` of table `models`; an incomplete pin is refused, so that it is not mistaken for no pin. */
export const aliasRows = documentType(
  z
    .looseObject({})
    .transform(
      ({ pinnedBy, pinnedSince, pinReason, pinnedUntil, pausedBy, pausedSince, pauseReason, ...row }): unknown => {
        const pin = { by: pinnedBy, since: pinnedSince, reason: pinReason, until: pinnedUntil };
        const pause = { by: pausedBy, since: pausedSince, reason: pauseReason };
        return { ...row, ...(hasAny(pin) && { pin }), ...(hasAny(pause) && { pause }) };
      },
    )
    .pipe(state),
  [unchanged],
);
