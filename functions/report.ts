import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { AppError } from "../shared/errors";
import { monitoringReport } from "../shared/report/readReport";
import { reportPage } from "../shared/report/reportPage";
import { dayMs } from "../shared/time";
import { endpoint } from "./endpoint";
import { requireSubject } from "./knownNames";
import { keyInAddress, pageFormat, pageReply, wantsPage } from "./pageFormat";

const usualDays = 28;
const mostDays = 92;
const instant = z.iso.datetime({ offset: true, error: "an instant like 2026-01-31T12:00:00Z is needed" });

const query = z.strictObject({
  ...pageFormat.shape,
  /** by default 28 days before the end */
  from: instant.optional(),
  /** exclusive; by default now */
  to: instant.optional(),
});

app.http("monitoringReport", {
  methods: ["GET"],
  route: "monitors/{model}/report",
  authLevel: "function",
  handler: endpoint(async (request, _context, asked) => {
    const { model } = request.params;
    const range = rangeOf(asked);
    await requireSubject(model);
    const report = await monitoringReport(getApp(), model, range);
    return wantsPage(request, asked)
      ? pageReply(reportPage(report, { key: keyInAddress(request) }))
      : { jsonBody: report };
  }, query),
});

function rangeOf({ from, to }: z.infer<typeof query>): { from: Date; to: Date } {
  // what was found at this very instant belongs to the report
  const end = to === undefined ? new Date(getApp().clock.now().getTime() + 1) : new Date(to);
  const start = from === undefined ? new Date(end.getTime() - usualDays * dayMs) : new Date(from);
  const days = (end.getTime() - start.getTime()) / dayMs;
  if (days > 0 && days <= mostDays) return { from: start, to: end };
  const message =
    days > 0 ? `a report covers ${mostDays} days at most` : "the range is empty: it must be before the end (to)";
  throw new AppError("invalid_input", message, { details: [{ path: "from", message }] });
}
