import { AppError, isAppError, messageOf } from "../errors";
import { withTimeLimit } from "../timeLimit";

const connectionFaults = new Set(
  ["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH"].concat(
    ["ENETUNREACH", "REQUEST_SEND_ERROR", "ABORT_ERR"],
  ),
);

/** ms; for calls that move little, which a storage account answers within milliseconds */
export const answerLimitMs = 20_000;

/** What the storage SDKs throw, as far as it distinguishes an outage from an answer. */
interface StorageFault {
  code?: string;
  name?: string;
  statusCode?: number;
  /** of an AggregateError: one for each address that was tried */
  errors?: unknown[];
}

/**
 * Whether the service gave no answer, or one that says that it cannot work now; an answer about the request itself is
 * not an outage.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || isAppError(error)) return false;
  const { code, name, statusCode, errors } = error as StorageFault;
  if (statusCode !== undefined) return statusCode >= 500 || statusCode === 408 || statusCode === 429;
  if (name === "AbortError" || connectionFaults.has(code ?? "")) return true;
  return errors?.some(isOutage) ?? false;
}

/**
 * The store with every outage thrown as AppError unavailable, whatever the SDK threw; other errors pass as they are.
 * With `limitMs`, a call (or the next page of a listing) that takes longer counts as an outage: the SDKs wait forever
 * on a connection that has gone silent.
 */
export function tellingOutages<T extends object>(store: T, limitMs?: number): T {
  const methods = Object.entries(store) as [string, (...args: unknown[]) => unknown][];
  const wrapped = methods.map(([name, call]) => [name, (...args: unknown[]) => told(call(...args), limitMs)]);
  return Object.fromEntries(wrapped) as T;
}

function told(result: unknown, limitMs: number | undefined): unknown {
  if (result instanceof Promise) return answered(result, limitMs);
  return isIterable(result) ? toldPieces(result, limitMs) : result;
}

async function answered(call: Promise<unknown>, limitMs: number | undefined): Promise<unknown> {
  try {
    return told(await (limitMs === undefined ? call : within(call, limitMs)), limitMs);
  } catch (error) {
    throw translate(error);
  }
}

async function* toldPieces(pieces: AsyncIterable<unknown>, limitMs: number | undefined): AsyncIterable<unknown> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = (await answered(iterator.next(), limitMs)) as IteratorResult<unknown>;
      if (done) return;
      yield value;
    }
  } finally {
    void iterator.return?.().catch(() => undefined); // not awaited: it would wait for a page that never comes
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function within<T>(call: Promise<T>, limitMs: number): Promise<T> {
  return withTimeLimit(call, limitMs, () => {
    throw unavailable(`no answer within ${limitMs / 1000} s`);
  });
}

function translate(error: unknown): unknown {
  return isOutage(error) ? unavailable(reasonOf(error as StorageFault & Error), error) : error;
}

/** A call that was given up is reported by the SDK as some rejected callback. */
function reasonOf(error: StorageFault & Error): string {
  return error.name === "AbortError" ? "no answer in time" : (error.code ?? messageOf(error));
}

function unavailable(reason: string, cause?: unknown): AppError {
  return new AppError("unavailable", `storage does not answer (${reason}); try again later`, { cause });
}
