import { mergeProfiles, type Profile } from "../monitoring/profile";
import { hourMs, startOfHour } from "../time";
import { type RollUpRequest, rollUpCapture } from "./rollUp";

export interface WindowRequest extends Omit<RollUpRequest, "from"> {
  windowHours: number;
  maxWindowHours: number;
  rowsNeeded: number;
}

/**
 * The newest rows of a version: those of `windowHours`, and while they are fewer than `rowsNeeded` those of twice the time, to at most
 * `maxWindowHours`, since one hourly station has 24 rows a day.
 */
export async function capturedWindow(
  request: WindowRequest,
): Promise<{ profile: Profile; rows: number; from: Date; hours: number }> {
  const end = request.to.getTime();
  const most = Math.max(request.windowHours, request.maxWindowHours);
  let hours = request.windowHours;
  let from = end - hours * hourMs;
  let { profile } = await rollUpCapture({ ...request, from: new Date(from) });
  while (profile.rows < request.rowsNeeded && hours < most) {
    hours = Math.min(2 * hours, most);
    const before = startOfHour(from) - 1; // the hour in which the window started was read whole
    from = end - hours * hourMs;
    if (from > before) continue;
    const earlier = await rollUpCapture({ ...request, from: new Date(from), to: new Date(before) });
    profile = mergeProfiles(earlier.profile, profile);
  }
  return { profile, rows: profile.rows, from: new Date(from), hours };
}
