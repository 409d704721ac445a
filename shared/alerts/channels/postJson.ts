import { AppError } from "../../errors";

/** Statuses after which the same request may succeed; 425 and 429 say so themselves. */
const passing = new Set([408, 425, 429]);

/**
 * Posts JSON text to an address that a setting names. Redirects are not followed and the reply's body is not read.
 * AppError rejected or unavailable tells the status, never the address, which may be a secret.
 */
export async function postJson(
  url: string,
  body: string,
  headers: Record<string, string>,
  limitMs: number,
): Promise<void> {
  let reply: Response;
  try {
    reply = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "Tidegate", ...headers },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(limitMs),
    });
  } catch (cause) {
    throw new AppError("unavailable", reasonOf(cause, limitMs));
  }
  await reply.body?.cancel().catch(() => undefined);
  const { status } = reply;
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400)
    throw new AppError(
      "rejected",
      `it answered with a redirect (${status}), which is not followed: set its new address`,
    );
  const message = `it answered with the status ${status}`;
  if (status < 500 && !passing.has(status)) throw new AppError("rejected", message);
  throw new AppError("unavailable", message, { retryAfterSeconds: secondsToWait(reply.headers.get("retry-after")) });
}

/** Why there was no reply: the code of the fault alone, as its message may name the address. */
function reasonOf(fault: unknown, limitMs: number): string {
  const { name, cause } = fault as { name?: string; cause?: { code?: unknown } };
  if (name === "TimeoutError") return `there was no answer within ${limitMs / 1000} s`;
  const code = cause?.code;
  return `it could not be reached${typeof code === "string" && /^[A-Z0-9_]+$/.test(code) ? ` (${code})` : ""}`;
}

const longestWaitSeconds = 3_600;

/** The seconds of a Retry-After header; one that gives a date is not followed. */
function secondsToWait(header: string | null): number | undefined {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, longestWaitSeconds) : undefined;
}
