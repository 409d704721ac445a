import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { feedbackSource, giveFeedback } from "../shared/truth/giveFeedback";
import { truthHistory } from "../shared/truth/truthHistory";
import type { UsecaseSpec } from "../shared/usecase/usecaseSpec";
import { endpoint, readBody } from "./endpoint";
import { noSuchUsecase } from "./knownNames";

const mostRows = 5000;
/** each row is judged by itself, so that one at fault keeps no other out */
const feedback = z.strictObject({ rows: z.array(z.unknown()).min(1).max(mostRows) });

app.http("giveFeedback", {
  methods: ["POST"],
  route: "feedback/{model}",
  authLevel: "function",
  handler: endpoint(async (request) => {
    const { clock, capture } = getApp();
    const spec = specOf(request.params.model);
    const { rows } = await readBody(request, feedback);
    await capture?.flush(); // the caller may know more of what this instance has just answered than storage does
    const at = clock.now().toISOString();
    const answers = await giveFeedback(getApp(), spec, rows, { source: feedbackSource, at });
    const byStatus = Map.groupBy(answers, ({ status }) => status);
    const counts = Object.fromEntries([...byStatus].map(([status, some]) => [status, some.length]));
    return { jsonBody: { model: spec.name, counts, answers } };
  }),
});

const asked = z.strictObject({
  requestId: z.string().optional(),
  row: z
    .string()
    .regex(/^\d{1,6}$/, "a whole number from 0 is needed")
    .transform(Number)
    .optional(),
  entity: z.string().optional(),
  time: z.string().optional(),
});

app.http("showTruth", {
  methods: ["GET"],
  route: "feedback/{model}",
  authLevel: "function",
  handler: endpoint(async (request, _context, query) => {
    const spec = specOf(request.params.model);
    return { jsonBody: { model: spec.name, truths: await truthHistory(getApp(), spec, query) } };
  }, asked),
});

/** Labels are read by the use case of the model's name. */
function specOf(model: string): UsecaseSpec {
  const usecase = getApp().usecases.get(model);
  if (usecase === undefined) throw noSuchUsecase(model);
  return usecase.spec;
}
