/** Seconds between the tries of a delivery; after the last it is given up, most of a day after the first. */
const delaysSeconds = [1, 5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800];

/** From so many failed tries on, within a minute, an alert tells of it by another way. */
export const triesBeforeAlert = 4;

/** Seconds to wait after the failed try number `tries`, at least what the receiver asked; undefined: give it up. */
export function retryDelaySeconds(tries: number, askedSeconds = 0): number | undefined {
  const delay = delaysSeconds[tries - 1];
  return delay === undefined ? undefined : Math.max(delay, Math.ceil(askedSeconds));
}
