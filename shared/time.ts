export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The start of the hour (UTC) that an instant lies in; both in ms. */
export function startOfHour(instantMs: number): number {
  return Math.floor(instantMs / hourMs) * hourMs;
}

/** The path of the hour (UTC) that an instant lies in: `2013/07/01/09`, so that paths sort as their hours do. */
export function hourPath(instant: Date): string {
  return instant.toISOString().slice(0, 13).replaceAll("-", "/").replace("T", "/");
}
