import { AppError, type ErrorCode, type ErrorDetail } from "./errors";

/** The body of every HTTP error: `error` says what was wrong and what to do, `details` lists each field at fault. */
export interface Problem {
  error: string;
  code: ErrorCode;
  requestId: string;
  details?: ErrorDetail[];
}

/** Status and body for anything that was thrown; a bug becomes 500 and tells its caller nothing but the request's id. */
export function toProblem(thrown: unknown, requestId: string): { status: number; body: Problem } {
  if (!(thrown instanceof AppError))
    return {
      status: 500,
      body: { error: "an internal error; the log has its cause under the request id", code: "internal", requestId },
    };
  const { message: error, code, details, status } = thrown;
  return { status, body: { error, code, requestId, ...(details.length > 0 && { details }) } };
}
