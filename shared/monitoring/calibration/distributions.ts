import { jStat } from "jstat";

/** The probability that Student's t lies further from 0 than `t`, on either side. */
export function studentBeyond(t: number, degrees: number): number {
  return Math.min(1, 2 * jStat.studentt.cdf(-Math.abs(t), degrees));
}

/** The value that Student's t exceeds, on either side, with this probability. */
export function studentLimit(probability: number, degrees: number): number {
  return -jStat.studentt.inv(probability / 2, degrees);
}
