import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** The golden cases of tests/vectors/<name>.json. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(`tests/vectors/${name}.json`, "utf8")) as T;
}

/**
 * Each number within 1e-9 of the expected one, relative to it where that is larger than 1; null where null is expected.
 */
export function expectNear(actual: unknown, expected: unknown, what: string): void {
  if (Array.isArray(expected)) {
    const list = Array.from(actual as number[]);
    expect(list.length, what).toBe(expected.length);
    for (const [i, one] of expected.entries()) expectNear(list[i], one, `${what}[${i}]`);
  } else if (expected === null) {
    expect(actual, what).toBeNull();
  } else {
    const wanted = expected as number;
    const distance = Math.abs((actual as number) - wanted) / Math.max(1, Math.abs(wanted));
    expect(distance, `${what}: ${actual} for ${wanted}`).toBeLessThan(1e-9);
  }
}
