const leastLength = 10;

/**
 * Length of the blocks in which a series keeps its dependence when it is drawn again, in steps of the series; 1 where
 * none of the first autocorrelations is significant, or the series is too short to judge. Source: D. Politis, H. White,
 * "Automatic block-length selection for the dependent bootstrap", 2004, corrected by A. Patton, D. Politis, H. White,
 * 2009; the length for blocks of one size, before rounding.
 */
export function automaticBlockLength(series: Float64Array): number {
  const n = series.length;
  if (n < leastLength || series.every((value) => value === series[0])) return 1;
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  const centred = series.map((value) => value - mean);
  const covariance = (lag: number) => product(centred, lag) / n;
  const width = windowWidth(centred);
  if (width === 0) return 1;
  let longRun = covariance(0);
  let slope = 0;
  for (let lag = 1; lag <= width; lag++) {
    const weight = 2 * Math.min(1, 2 * (1 - lag / width)) * covariance(lag);
    longRun += weight;
    slope += weight * lag;
  }
  const length = Math.cbrt((1.5 * slope ** 2) / longRun ** 2) * Math.cbrt(n);
  return Math.max(1, Math.min(length, Math.ceil(Math.min(3 * Math.sqrt(n), n / 3))));
}

/** Twice the lag from which several autocorrelations in a row are insignificant; 0 where they are from the first on. */
function windowWidth(centred: Float64Array): number {
  const n = centred.length;
  const inARow = Math.max(5, Math.floor(Math.log10(n)));
  const most = Math.ceil(Math.sqrt(n)) + inARow;
  const significant = 2 * Math.sqrt(Math.log10(n) / n);
  let quiet = 0;
  for (let lag = 0; lag < most; lag++) {
    const ahead = centred.subarray(lag + 1);
    const behind = centred.subarray(0, n - lag - 1);
    const correlation = product(centred, lag) / Math.sqrt(product(ahead, 0) * product(behind, 0));
    quiet = Math.abs(correlation) < significant ? quiet + 1 : 0;
    if (quiet < inARow) continue;
    const from = lag + 1 - inARow;
    return from === 1 ? 0 : Math.min(most, 2 * from);
  }
  return most;
}

function product(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += values[i] * values[i - lag];
  return sum;
}
