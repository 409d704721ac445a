import { z } from "zod";
import { documentType, objectOf } from "../documents";
import type { Profile } from "../monitoring/profile";
import { profileSchema, withNeighbours } from "../monitoring/profileDocument";
import type { LineNumbers } from "./captureReader";

/** What is kept for one capture blob: how far it was read, and the profile of what was read. */
export interface RollUp {
  binsHash: string;
  bytesRead: number;
  unreadableLines: number;
  /** absent in objects that are older than sequence numbers */
  omittedRows?: number;
  numbers?: LineNumbers;
  profile: Profile;
}

export const rollUpDocument = documentType(
  objectOf<RollUp>({
    binsHash: z.string(),
    bytesRead: z.int().min(0),
    unreadableLines: z.int().min(0),
    omittedRows: z.int().min(0).optional(),
    numbers: objectOf<LineNumbers>({ first: z.int(), last: z.int(), count: z.int() }).optional(),
    profile: profileSchema,
  }),
  [withNeighbours],
);
