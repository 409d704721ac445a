/**
 * The fields of a record that an answer shows, in this order. An answer names each of them, so that what storage comes to
 * keep is not told by accident, and what is told does not change with it.
 */
export function shown<T extends object, K extends keyof T>(record: T, fields: readonly K[]): Pick<T, K> {
  return Object.fromEntries(fields.map((field) => [field, record[field]])) as Pick<T, K>;
}
