/** A linear axis over numbers: where its ticks are and what they say. */
export interface Axis {
  low: number;
  high: number;
  ticks: { value: number; text: string }[];
}

/**
 * An axis that covers `low` to `high` with about `count` ticks at multiples of 1, 2 or 5 times a power of ten.
 * Source: P. Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990. An empty range is widened around its
 * value.
 */
export function axis(low: number, high: number, count = 5): Axis {
  if (!(Number.isFinite(low) && Number.isFinite(high))) return axis(0, 1, count);
  if (low === high) {
    const room = low === 0 ? 1 : Math.abs(low) * 0.5;
    return axis(low - room, low + room, count);
  }
  const step = niceStep((high - low) / count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks: Axis["ticks"] = [];
  for (let i = first; i <= last; i++) ticks.push({ value: i * step, text: tickText(i * step, step) });
  return { low: first * step, high: last * step, ticks };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const fraction = rough / power;
  if (fraction <= 1) return power;
  if (fraction <= 2) return 2 * power;
  return fraction <= 5 ? 5 * power : 10 * power;
}

/** A tick's value with as many decimals as its step needs; exponents beyond a million and below a millionth. */
function tickText(value: number, step: number): string {
  if (value === 0) return "0";
  if (step < 1e-6 || Math.abs(value) >= 1e7) return value.toExponential(2).replace(/\.?0+e/, "e");
  return value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}
