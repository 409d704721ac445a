/** The name that was probably meant: the one fewest typing errors away, where that is few for its length. */
export function closestName(wrong: string, names: Iterable<string>): string | undefined {
  let closest: { name: string; errors: number } | undefined;
  for (const name of names) {
    const errors = typingErrors(wrong.slice(0, 100).toLowerCase(), name.toLowerCase());
    if (errors <= Math.max(1, name.length / 3) && errors < (closest?.errors ?? Number.POSITIVE_INFINITY))
      closest = { name, errors };
  }
  return closest?.name;
}

/** "there is no use case "parcel"; did you mean "parcels"? There are parcels, lots". */
export function noSuchName(kind: string, wrong: string, names: Iterable<string>): string {
  const known = [...names];
  const meant = closestName(wrong, known);
  const rest = `${known.length === 1 ? "there is only" : "there are"} ${known.join(", ")}`;
  return meant === undefined
    ? `there is no ${kind} "${wrong}"; ${rest}`
    : `there is no ${kind} "${wrong}"; did you mean "${meant}"? ${rest[0].toUpperCase()}${rest.slice(1)}`;
}

/**
 * Letters left out, added, changed or swapped with their neighbour: the distance of Damerau and Levenshtein, each place
 * edited once.
 */
function typingErrors(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(change, rows[i - 1][j] + 1, row[j - 1] + 1, isSwap ? rows[i - 2][j - 2] + 1 : Infinity));
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
