import { createHash } from "node:crypto";
import type { ModelSignature } from "../../onnx/signature";
import type { BlobStore } from "../../ports";
import type { CapturedBodies, CapturedColumns, WatchedVersion } from "../counting/watchedVersion";
import type { Turns } from "./inOrder";

/** The captured requests of a model, as they are counted for one of its versions. */
export interface WatchedLog extends WatchedVersion {
  blobs: BlobStore;
  model: string;
  version: number;
  columns: CapturedColumns;
  bodies: CapturedBodies;
  /** of another version of the model, whose requests are counted too */
  signatureOf(version: number): Promise<ModelSignature>;
  /** of reading captured blobs */
  turns: Turns;
}

export const profileContainer = "profiles";

/** increased where parts count something in another way than before: they are then counted anew */
const countingForm = 1;

/** What is counted in other bins does not add up. */
export function binsHash({ training, valueEdges = [] }: WatchedVersion): string {
  const counted = JSON.stringify([countingForm, training.bins, valueEdges]);
  return createHash("sha256").update(counted).digest("hex").slice(0, 16);
}

/** Where the counts of a version are kept: one folder for each kind. */
export function profileFolder({ model, version }: Pick<WatchedLog, "model" | "version">, kind: ProfileKind): string {
  return `${model}/v${version}/${kind}`;
}

/** Of a capture blob; of an hour, a day and a month of all of them. */
export type ProfileKind = "parts" | "hours" | "days" | "months";
