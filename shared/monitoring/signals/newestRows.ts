import { hourMs, startOfHour } from "../../time";
import type { WindowProfile } from "../windowProfile";
import type { Watched } from "./signal";

/** How far back the newest rows are looked for. */
export interface WindowSettings {
  windowHours: number;
  /** while the window holds fewer rows than `minRows`, it reaches further back, to at most so many hours */
  maxWindowHours: number;
  minRows: number;
}

export interface NewestRows {
  window: WindowProfile;
  from: Date;
  hours: number;
}

type Reads = Pick<Watched<unknown>, "at" | "captured">;

/** The newest captured rows by whole hours; at most three reads, however far back the window has to reach. */
export async function newestRows({ at, captured }: Reads, settings: WindowSettings): Promise<NewestRows> {
  const { windowHours, minRows } = settings;
  const most = Math.max(windowHours, settings.maxWindowHours);
  let newest = await read({ at, captured }, windowHours);
  if (newest.window.rows >= minRows || windowHours >= most) return newest;
  const { rows } = newest.window;
  // at the rate of the first hours, with half as many more
  const guess = rows === 0 ? most : Math.ceil((1.5 * windowHours * minRows) / rows);
  if (guess < most) newest = await read({ at, captured }, guess);
  return newest.window.rows >= minRows && newest.hours > windowHours ? newest : read({ at, captured }, most);
}

async function read({ at, captured }: Reads, hours: number): Promise<NewestRows> {
  const from = new Date(startOfHour(at.getTime() - hours * hourMs));
  return { window: await captured({ from, to: at }), from, hours: (at.getTime() - from.getTime()) / hourMs };
}
