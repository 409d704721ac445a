import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { isAppError } from "../shared/errors";
import type { OnUnreadable } from "../shared/ledger/readable";
import { watchState } from "../shared/loop/watchState";
import { resultPlace } from "../shared/monitoring/monitorStore";
import { signals } from "../shared/monitoring/signals/registry";
import { endpoint } from "./endpoint";
import { instantQuery, rangeOf } from "./instantRange";
import { requireSubject } from "./knownNames";
import { cursorAfter, pageOfRead, pageQuery } from "./listPage";
import { shownFields } from "./shownFields";
import { noteUnreadable } from "./unreadable";

const resultFields = [
  "model",
  "version",
  "signal",
  "at",
  "verdict",
  "reason",
  "windowStart",
  "windowEnd",
  "targetRows",
  "sentence",
  "findings",
  "details",
] as const;

const signalNames = signals.map(([, { name }]) => name) as [string, ...string[]];
const signalName = z.enum(signalNames, { error: `the signals are ${signalNames.join(", ")}` });

const query = z.strictObject({
  ...pageQuery("monitors"),
  /** of results; without it those of every signal are listed */
  signal: signalName.optional(),
  /** results of evaluations at or after, and before */
  ...instantQuery,
});

app.http("getMonitors", {
  methods: ["GET"],
  route: "monitors/{model}",
  authLevel: "function",
  handler: endpoint(async ({ params: { model } }, _context, { limit, cursor, ...which }) => {
    const { note, field } = noteUnreadable();
    const { signal } = which;
    const { from, to } = rangeOf(which);
    const asked = { limit: limit + 1, after: cursor, signal, from, to };
    const read = await getApp().monitors.list(model, asked, note);
    if (read.length === 0 && field().unreadable === undefined) await requireSubject(model);
    const { entries, last } = pageOfRead(read, resultPlace, limit);
    const champion = await championWatch(model, note);
    return {
      jsonBody: {
        model,
        champion,
        results: entries.map((one) => shownFields(one, resultFields)),
        next: cursorAfter("monitors", last),
        ...field(),
      },
    };
  }, query),
});

/** The champion's version and whether it is watched, or why not: an empty list of results does not tell. */
async function championWatch(model: string, onUnreadable: OnUnreadable) {
  try {
    const states = await Promise.all(signals.map(([section]) => watchState(getApp(), model, section)));
    const watched = states.find((state) => state.watched);
    return watched ? { version: watched.version.version, watched: true } : states[0];
  } catch (error) {
    if (!isAppError(error, "corrupt")) throw error;
    onUnreadable(error);
    return { watched: false, reason: error.message };
  }
}
