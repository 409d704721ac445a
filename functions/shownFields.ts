/**
 * The fields of a record that a reply shows, in this order. A reply names each of them, so that a field added to
 * storage does not appear in the API by accident.
 */
export function shownFields<T extends object, K extends keyof T>(record: T, fields: readonly K[]): Pick<T, K> {
  return Object.fromEntries(fields.map((field) => [field, record[field]])) as Pick<T, K>;
}
