import { anyFields, documentType, objectOf, unchanged } from "../../documents";

/** What results of a signal keep beside their findings. */
export interface SignalDetails {
  /** those in effect */
  settings: Record<string, unknown>;
  /** what else a reader of the result needs, by name */
  facts: Record<string, unknown>;
}

/** Details of the signals that keep their settings and some facts. */
export const signalDetails = documentType(objectOf<SignalDetails>({ settings: anyFields, facts: anyFields }), [
  unchanged,
]);
