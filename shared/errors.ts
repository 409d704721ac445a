/** Every failure Tidegate reports on purpose; a bug stays a plain `Error` and becomes 500. */
const errorTable = {
  invalid_input: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  not_found: { status: 404, retryable: false },
  conflict: { status: 409, retryable: true },
  precondition_failed: { status: 412, retryable: false },
  too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  rejected: { status: 422, retryable: false },
  not_ready: { status: 503, retryable: true },
  /** a person or a policy stopped the answers by an alias */
  paused: { status: 503, retryable: false },
  /** everything that could do it is at work */
  busy: { status: 503, retryable: true },
  crashed: { status: 503, retryable: true },
  /** a stored document is not what was recorded */
  corrupt: { status: 503, retryable: false },
  unavailable: { status: 503, retryable: true },
  /** a stored document is gone; it may be put back */
  file_not_found: { status: 503, retryable: true },
  timeout: { status: 504, retryable: true },
  internal: { status: 500, retryable: true },
  /** a bug in what makes a request's rows ready for the model */
  preparation_failed: { status: 500, retryable: true },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** One thing that is wrong with an input: where (`path`, dotted) and why, never the caller's data itself. */
export interface ErrorDetail {
  path: string;
  message: string;
}

/** The one error type of the domain; `details` lists every field at fault, `cause` keeps what was thrown below. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetail[];
  /** after which the same call may succeed */
  readonly retryAfterSeconds?: number;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetail[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options.details ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** HTTP status of this code. */
  get status(): number {
    return errorTable[this.code].status;
  }

  /** Whether the same call may succeed later without a change by the caller. */
  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}

/** Whether `error` is an AppError with one of `codes` (any code when none is given). */
export function isAppError(error: unknown, ...codes: ErrorCode[]): error is AppError {
  return error instanceof AppError && (codes.length === 0 || codes.includes(error.code));
}

/**
 * Whether `error` is about the surroundings (storage, network, disk), not about what was worked on: the same may
 * succeed later.
 */
export function isEnvironmental(error: unknown): boolean {
  if (isAppError(error)) return isAppError(error, "unavailable", "file_not_found", "not_ready", "conflict");
  const { name, code, statusCode } = error as { name?: string; code?: unknown; statusCode?: number };
  // what storage refuses: by one of these two statuses because of the request itself, by others (no role, no account)
  // any request
  if (name === "RestError") return statusCode !== 400 && statusCode !== 413;
  return /^E[A-Z0-9]+$/.test(String(code)) || /No space left/i.test(messageOf(error));
}

/** An error as plain data, which can cross from one thread to another. */
export interface Failure {
  /** of an AppError; without it the error is a bug */
  code?: ErrorCode;
  message: string;
  details?: ErrorDetail[];
  stack?: string;
}

export function toFailure(error: unknown): Failure {
  if (isAppError(error)) return { code: error.code, message: error.message, details: error.details };
  return { message: messageOf(error), stack: error instanceof Error ? error.stack : undefined };
}

/** The error that `toFailure` was given, in the other thread. */
export function fromFailure({ code, message, details, stack }: Failure): Error {
  return code === undefined ? Object.assign(new Error(message), { stack }) : new AppError(code, message, { details });
}

/** The code of an AppError, or the class name of anything else that was thrown. */
export function kindOf(error: unknown): string {
  if (isAppError(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
