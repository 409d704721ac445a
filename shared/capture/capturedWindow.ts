import { mergeProfiles, type Profile } from "../monitoring/profile";
import { hourMs, startOfHour } from "../time";
import { type RollUpRequest, rollUpCapture } from "./rollUp";

export interface WindowRequest extends Omit<RollUpRequest, "from"> {
  windowHours: number;
  maxWindowHours: number;
  rowsNeeded: number;
}

export interface CapturedWindow {
  profile: Profile;
  rows: number;
  /** requests that could not be read; how many rows they had is unknown */
  unreadableRequests: number;
  from: Date;
  hours: number;
}

/**
 * The newest rows of a version: those of `windowHours` and, as long as they are fewer than `rowsNeeded`, of twice the
 * time, up to `maxWindowHours`, since one hourly station has 24 rows a day. If none of the newest requests could be
 * read, older rows are not used in their place.
 */
export async function capturedWindow(request: WindowRequest): Promise<CapturedWindow> {
  const end = request.to.getTime();
  const most = Math.max(request.windowHours, request.maxWindowHours);
  let hours = request.windowHours;
  let from = end - hours * hourMs;
  let { profile, unreadableLines: unreadableRequests } = await rollUpCapture({ ...request, from: new Date(from) });
  const isBlind = profile.rows === 0 && unreadableRequests > 0;
  while (profile.rows < request.rowsNeeded && hours < most && !isBlind) {
    hours = Math.min(2 * hours, most);
    const before = startOfHour(from) - 1; // the hour in which the window started was read whole
    from = end - hours * hourMs;
    if (from > before) continue;
    const earlier = await rollUpCapture({ ...request, from: new Date(from), to: new Date(before) });
    profile = mergeProfiles(earlier.profile, profile);
    unreadableRequests += earlier.unreadableLines;
  }
  return { profile, rows: profile.rows, unreadableRequests, from: new Date(from), hours };
}
