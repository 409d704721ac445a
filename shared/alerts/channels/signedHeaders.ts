import { createHmac } from "node:crypto";

/**
 * The headers of a signed message: the signature covers the time and the body, so that neither can be changed, and an
 * old message is known by its time.
 */
export function signedHeaders(deliveryId: string, at: Date, body: string, secret: string): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000);
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return {
    "x-tidegate-delivery": deliveryId,
    "x-tidegate-timestamp": String(timestamp),
    "x-tidegate-signature": `sha256=${signature}`,
  };
}
