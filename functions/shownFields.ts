/**
 * The fields of a record that a reply shows, in this order. A reply names each of them, so that what storage comes to
 * keep is not told by accident, and what is told does not change with it.
 */
export function shownFields<T extends object, K extends keyof T>(record: T, fields: readonly K[]): Pick<T, K> {
  return Object.fromEntries(fields.map((field) => [field, record[field]])) as Pick<T, K>;
}
