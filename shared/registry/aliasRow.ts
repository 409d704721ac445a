import { z } from "zod";
import { documentType, objectOf, unchanged } from "../documents";
import type { AliasPin } from "./aliasPin";

/** Where an alias points, who keeps it there, and the tag that guards its next move. */
export interface AliasState {
  version: number;
  etag: string;
  movedAt: string;
  /** of the move that brought it there, or confirmed it */
  operation: string;
  /** absent where the alias is free, or its pin's date has passed */
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

/** A row `alias:{name}` of table `models`; a pin of which a part is missing is refused: it may not be taken for none. */
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
