import { percent } from "../../figure";
import type { Finding } from "../finding";
import type { WindowProfile } from "../windowProfile";
import type { IntegritySettings } from "./integritySettings";

/** What the rows of a window as a whole are judged by. */
export interface RowEvidence {
  window: WindowProfile;
  isSeries: boolean;
  /** fields beside the model's that earlier weeks sent; undefined where nothing is known of them */
  knownFields?: ReadonlySet<string>;
  settings: IntegritySettings;
}

/** statuses of requests whose data could not be used */
const refusedForData = new Set(["400", "413", "415", "422"]);

/** Rows that repeat others of the same entity and time; rows without a time may be equal by right. */
export function judgeDuplicates({ window, isSeries, settings }: RowEvidence): Finding {
  const { rows, duplicateRows } = window;
  const share = rows === 0 ? 0 : duplicateRows / rows;
  const told = {
    subject: "all",
    statistic: "duplicate rows",
    value: share,
    thresholdOrigin: "setting",
    targetRows: rows,
  };
  if (!isSeries)
    return {
      ...told,
      threshold: null,
      verdict: "ok",
      reason: "rows have no time, so equal ones may be different things",
    };
  const threshold = settings.duplicateShare;
  if (share <= threshold || duplicateRows < settings.minFaultyRows) return { ...told, threshold, verdict: "ok" };
  const reason = `${percent(share)} of the rows repeat another one of the same entity and time`;
  return { ...told, threshold, verdict: "drift", reason };
}

/** Requests that were refused because of their data, among all requests of the window. */
export function judgeRefused({ window, settings }: RowEvidence): Finding {
  const statuses = Object.entries(window.refused).filter(([status, count]) => refusedForData.has(status) && count > 0);
  const refused = statuses.reduce((sum, [, count]) => sum + count, 0);
  // how many requests were answered is not kept: rows are, and a request has one at least
  const share = refused === 0 ? 0 : refused / (refused + window.rows);
  const threshold = settings.refusedShare;
  const told = { subject: "all", statistic: "refused requests", value: share, threshold, thresholdOrigin: "setting" };
  const more = Object.fromEntries(statuses.map(([status, count]) => [`status ${status}`, count]));
  const counted = { targetRows: window.rows, more };
  if (share <= threshold || refused < settings.minFaultyRows) return { ...told, ...counted, verdict: "ok" };
  const named = statuses.map(([status, count]) => `${count} with status ${status}`).join(", ");
  const reason = `requests are refused because of their data (${named}), beside ${window.rows} rows that were answered: a field is missing or of another kind`;
  return { ...told, ...counted, verdict: "drift", reason };
}

/** Fields that the model does not have and that earlier weeks did not send: somebody changed the schema. */
export function judgeUnknownFields({ window, knownFields, settings }: RowEvidence): Finding {
  const { rows, unknownFields } = window;
  const fields = Object.entries(unknownFields)
    .filter(([name, count]) => !knownFields?.has(name) && count > settings.unknownFieldShare * rows)
    .map(([name]) => name);
  const told = { subject: "all", statistic: "new unknown fields", value: fields.length, threshold: 0 };
  const counted = { thresholdOrigin: "setting", targetRows: rows, more: { fields: Object.keys(unknownFields) } };
  if (fields.length === 0) return { ...told, ...counted, verdict: "ok" };
  if (knownFields === undefined)
    return { ...told, threshold: null, ...counted, verdict: "ok", reason: "no earlier week to compare with" };
  const shown = fields.slice(0, 5).map((name) => `"${name.slice(0, 60)}"`);
  const reason = `the rows have ${fields.length === 1 ? "a field" : "fields"} that the model does not have and that did not come before: ${shown.join(", ")}`;
  return { ...told, ...counted, verdict: "drift", reason };
}

/** Requests that cannot be judged since they could not be read or were lost. */
export function judgeReadable({ window, settings }: RowEvidence): Finding {
  const { rows, unreadableRequests, lostRequests } = window;
  const gone = unreadableRequests + lostRequests;
  const share = gone === 0 ? 0 : gone / (gone + rows);
  const threshold = settings.refusedShare;
  const told = { subject: "all", statistic: "unreadable or lost requests", value: share, threshold };
  const counted = { thresholdOrigin: "setting", targetRows: rows, more: { unreadableRequests, lostRequests } };
  if (share <= threshold || gone < settings.minFaultyRows) return { ...told, ...counted, verdict: "ok" };
  const reason = `${unreadableRequests} captured requests could not be read and ${lostRequests} were lost: their rows are not judged`;
  return { ...told, ...counted, verdict: "drift", reason };
}
