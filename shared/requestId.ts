import { createHash } from "node:crypto";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** digits of the time in milliseconds: 48 bits */
const timeDigits = 12;

/**
 * The id of a request that came at `time`: a UUID of version 7 (RFC 9562, section 5.7), so that ids sort as their
 * times. Behind the time it ends as the id of the invocation does, by which the host's log finds the request.
 */
export function requestIdAt(time: Date, invocationId: string): string {
  const id = invocationId.toLowerCase();
  const rest = (uuid.test(id) ? id : hashedId(invocationId)).slice("01234567-89ab-4".length);
  const digits = time.getTime().toString(16).padStart(timeDigits, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7${rest}`;
}

/** A UUID for an invocation whose host names it otherwise. */
function hashedId(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** When the request with this id came; undefined where the id does not say, as those of earlier releases. */
export function timeOfRequest(requestId: string): Date | undefined {
  const id = requestId.toLowerCase();
  if (!uuid.test(id) || id[14] !== "7") return undefined;
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
