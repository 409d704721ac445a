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
});

/** A row `alias:{name}` of table `models`; an incomplete pin is refused, so that it is not mistaken for no pin. */
export const aliasRows = documentType(
  z
    .looseObject({})
    .transform(({ pinnedBy: by, pinnedSince: since, pinReason: reason, pinnedUntil: until, ...row }): unknown => {
      const isPinned = [by, since, reason, until].some((part) => part !== undefined);
      return { ...row, ...(isPinned && { pin: { by, since, reason, until } }) };
    })
    .pipe(state),
  [unchanged],
);
