/** `name` as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `text` as an SQL string. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `value` as a DOUBLE: digits without an exponent are a decimal to SQL. */
export function double(value: number): string {
  return value.toExponential();
}
