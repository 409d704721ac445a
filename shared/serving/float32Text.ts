import { shortestFloat32 } from "../math/shortestFloat32";

/** powers of ten that turn a fraction into a whole number; a float32 of at least one millionth needs no more */
const scales = [1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];
/**
 * where to start below 0.001: neighbours are closer than nine decimals there, so starting at nine misses no shorter
 * text
 */
const firstOfSmall = scales.indexOf(1e9);

/**
 * The shortest decimal text that reads back to the same float32 (a whole number in full). Between one millionth and 1
 * it goes through a whole number, which is several times faster than computing digits.
 */
export function float32Text(value: number): string {
  if (!(value >= 1e-6 && value < 1)) return String(isPlainInteger(value) ? value : shortestFloat32(value));
  for (let at = value >= 1e-3 ? 0 : firstOfSmall; at < scales.length; at++) {
    const digits = Math.round(value * scales[at]);
    if (Math.fround(digits / scales[at]) === value) return fraction(digits, scales[at]);
  }
  return String(value);
}

/** Whole numbers of up to nine digits are written in full, though fewer digits would do from 16,777,216 on. */
function isPlainInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e9;
}

/** `digits` / `scale`, which is below 1, as text without zeros at its end. */
function fraction(digits: number, scale: number): string {
  const text = String(scale + digits); // a 1 in front keeps the zeros behind the point
  let end = text.length;
  while (text.charCodeAt(end - 1) === zero) end--;
  return `0.${text.slice(1, end)}`;
}

const zero = 48;
