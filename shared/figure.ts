/** Shown in place of an unknown figure. */
const unknown = "–";

/**
 * A measured number as people read it: rounded to `digits` significant digits, whole numbers below ten million in full,
 * an exponent where a number is very large or very small, a dash where it is not finite. Reading it back gives the
 * number to within half of its last digit.
 */
export function figure(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return unknown;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return `${withoutZeros(mantissa)}e${exponent}`;
  }
  return withoutZeros(value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size)))));
}

/** A share as a percentage of three significant digits. */
export function percent(share: number): string {
  return `${figure(100 * share, 3)} %`;
}

/** Without the zeros at the end of its decimals; those of a whole number stay. */
function withoutZeros(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}
