import { AppError, type ErrorCode, type ErrorDetail } from "./errors";

/** The body of every HTTP error: `error` says what was wrong and what to do, `details` lists each field at fault. */
export interface Problem {
  error: string;
  code: ErrorCode;
  requestId: string;
  details?: ErrorDetail[];
}

const usualRetryAfterSeconds = 5;

/** What an HTTP caller is told of a failure. */
interface ProblemReply {
  status: number;
  body: Problem;
  headers: Record<string, string>;
}

/**
 * Status, body and headers for anything that was thrown; a bug becomes 500 and tells its caller nothing but the
 * request's id.
 */
export function toProblem(thrown: unknown, requestId: string): ProblemReply {
  if (!(thrown instanceof AppError))
    return {
      status: 500,
      body: { error: "an internal error; the log has its cause under the request id", code: "internal", requestId },
      headers: {},
    };
  const { message: error, code, details, status, retryAfterSeconds = usualRetryAfterSeconds } = thrown;
  const body = { error, code, requestId, ...(details.length > 0 && { details }) };
  return { status, body, headers: status === 503 ? { "retry-after": String(Math.ceil(retryAfterSeconds)) } : {} };
}
