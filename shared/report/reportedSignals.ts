import type { MonitorOutline, MonitorResult } from "../monitoring/monitorStore";
import { ownValue } from "../ownValue";
import type { ReportedSignal } from "./monitoringReport";

const order = { drift: 0, failed: 1, insufficient_data: 2, ok: 3 };

/** Each signal by its newest result; `outlines` are all of the range, newest first. */
export function reportedSignals(outlines: readonly MonitorOutline[], read: readonly MonitorResult[]): ReportedSignal[] {
  const signals = [...Map.groupBy(outlines, ({ signal }) => signal)].flatMap(([signal, own]) => {
    const newest = read.findLast((one) => one.signal === signal && one.at === own[0].at);
    return newest === undefined ? [] : [reported(newest, own)];
  });
  return signals.sort((a, b) => order[a.verdict] - order[b.verdict] || a.signal.localeCompare(b.signal));
}

function reported(
  { model: _model, details, ...newest }: MonitorResult,
  own: readonly MonitorOutline[],
): ReportedSignal {
  const counts: ReportedSignal["counts"] = {};
  for (const { verdict } of own) counts[verdict] = (counts[verdict] ?? 0) + 1;
  const settings = ownValue(details as Record<string, unknown>, "settings");
  return { ...newest, ...driftedSince(own), counts, settings: (settings as Record<string, unknown>) ?? {} };
}

/** Windows that cannot be judged end no drift; one that is fine does. */
function driftedSince(own: readonly MonitorOutline[]): Pick<ReportedSignal, "since" | "isOlder"> {
  if (own[0].verdict !== "drift") return {};
  const ended = own.findIndex(({ verdict }) => verdict === "ok");
  const run = ended < 0 ? own : own.slice(0, ended);
  const first = run.findLast(({ verdict }) => verdict === "drift");
  return { since: first?.at, ...(first === own.at(-1) && { isOlder: true as const }) };
}
