import { normalTail } from "../noDrift";

/**
 * The probability that a standard normal variable exceeds `z`; error under 7.5e-8. Source: Abramowitz, Stegun, 26.2.17.
 */
export function normalExceeds(z: number): number {
  if (z < 0) return 1 - normalExceeds(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.min(0.5, (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series);
}

/**
 * The value that a variable of Student's t exceeds with probability `tail` (below a half), for 2 degrees of freedom and
 * more; from 4 on within 1 % at a tail of 0.005. Source: G. Hill, "Student's t-quantiles", 1970 (his algorithm 396).
 */
export function studentTail(tail: number, degrees: number): number {
  const both = 2 * tail;
  if (degrees < 2) return Math.tan((Math.PI * (1 - both)) / 2);
  if (degrees < 3) return Math.sqrt(2 / (both * (2 - both)) - 2);
  const a = 1 / (degrees - 0.5);
  const b = (48 / a) * (1 / a);
  let c = ((20700 * a) / b - 98) * a - 16;
  c = c * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * degrees;
  let y = (d * both) ** (2 / degrees);
  if (y > 0.05 + a) {
    const x = -normalTail(tail);
    y = x * x;
    if (degrees < 5) c += 0.3 * (degrees - 4.5) * (x + 0.6);
    c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    y =
      ((1 / (((degrees + 6) / (degrees * y) - 0.089 * d - 0.822) * (degrees + 2) * 3) + 0.5 / (degrees + 4)) * y - 1) *
        ((degrees + 1) / (degrees + 2)) +
      1 / y;
  }
  return Math.sqrt(degrees * y);
}
