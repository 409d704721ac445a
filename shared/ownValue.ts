/**
 * What a record itself holds under a name that comes from outside: "constructor" and "toString" are names like any
 * other.
 */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
