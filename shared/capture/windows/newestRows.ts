import { mergeProfiles } from "../../monitoring/profile";
import type { CapturedRows, WindowWanted } from "../../monitoring/signals/signal";
import { hourMs, startOfHour } from "../../time";
import type { CaptureWindows } from "./captureWindows";

/**
 * The newest rows of a model: those of `windowHours` and, as long as they are fewer than `rowsNeeded`, of twice the
 * time, up to `maxWindowHours`, since one hourly station has 24 rows a day. If none of the newest requests could be
 * read, older rows are not used in their place.
 */
export async function newestRows(
  windows: Pick<CaptureWindows, "read">,
  to: Date,
  wanted: WindowWanted,
): Promise<CapturedRows> {
  const end = to.getTime();
  const most = Math.max(wanted.windowHours, wanted.maxWindowHours);
  let hours = wanted.windowHours;
  let from = new Date(end - hours * hourMs);
  const thisHour = new Date(startOfHour(end) + hourMs); // it has only begun, and counts as far as it goes
  let { inputs: profile, unreadableRequests } = await windows.read({ from, to: thisHour });
  const isBlind = profile.rows === 0 && unreadableRequests > 0;
  while (profile.rows < wanted.rowsNeeded && hours < most && !isBlind) {
    hours = Math.min(2 * hours, most);
    const read = new Date(startOfHour(from.getTime())); // the hour in which the window started was read whole
    from = new Date(end - hours * hourMs);
    if (from >= read) continue;
    const earlier = await windows.read({ from, to: read });
    profile = mergeProfiles(earlier.inputs, profile);
    unreadableRequests += earlier.unreadableRequests;
  }
  return { profile, rows: profile.rows, unreadableRequests, from, hours };
}
