import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { AppError } from "../shared/errors";
import { wholeApp } from "../shared/service/serviceReader";
import { serviceSeries } from "../shared/service/serviceSeries";
import { endpoint } from "./endpoint";
import { instantQuery, rangeOf } from "./instantRange";
import { requireSubject } from "./knownNames";

const query = z.strictObject(instantQuery);
const hourMs = 3_600_000;
const usualHours = 24;
const mostHours = 31 * 24;

app.http("getService", {
  methods: ["GET"],
  route: "service/{model}",
  authLevel: "function",
  handler: endpoint(async ({ params: { model } }, _context, asked) => {
    const { clock, service, serviceLog } = getApp();
    if (model !== wholeApp) await requireSubject(model);
    const { from: start, to: end } = rangeOf(asked);
    const to = end ?? clock.now();
    const from = start ?? new Date(to.getTime() - usualHours * hourMs);
    const hours = (to.getTime() - from.getTime()) / hourMs;
    if (hours <= 0 || hours > mostHours)
      throw new AppError("invalid_input", `from: it must be before "to", by at most ${mostHours / 24} days`, {
        details: [{ path: "from", message: `it must be before "to", by at most ${mostHours / 24} days` }],
      });
    await serviceLog.flush();
    const slices = await service.slices({ from, to });
    return { jsonBody: { model, from, to, ...serviceSeries(model, slices) } };
  }, query),
});
