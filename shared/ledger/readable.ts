import { type AppError, isAppError } from "../errors";

/** Told of each stored row or document that cannot be read, which then keeps no other out of a list. */
export type OnUnreadable = (error: AppError) => void;

/**
 * What `read` makes of bytes that storage has given already, so that no outage is mistaken for a bad row; undefined if
 * it cannot be read and `onUnreadable` was told. Without that it is thrown.
 */
export function readable<T>(read: () => T, onUnreadable?: OnUnreadable): T | undefined {
  try {
    return read();
  } catch (error) {
    if (onUnreadable === undefined || !isAppError(error)) throw error;
    onUnreadable(error);
    return undefined;
  }
}

/** What can be read of all `rows`; of one that cannot, `onUnreadable` is told, or else it is thrown. */
export async function readableRows<Row, T extends object>(
  rows: AsyncIterable<Row>,
  read: (row: Row) => T,
  onUnreadable?: OnUnreadable,
): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) {
    const one = readable(() => read(row), onUnreadable);
    if (one !== undefined) found.push(one);
  }
  return found;
}
