import { randomBytes } from "node:crypto";
import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { AppError } from "../shared/errors";
import { cancelRun } from "../shared/training/cancelRun";
import { describeRun } from "../shared/training/describeRun";
import { startRun } from "../shared/training/startRun";
import { endpoint, readBody, readQuery } from "./endpoint";

const runRequest = z.strictObject({
  usecase: z.string(),
  /** trains even when no labelled row is new */
  force: z.boolean().default(false),
});

app.http("startRun", {
  methods: ["POST"],
  route: "runs",
  authLevel: "admin",
  handler: endpoint(async (request) => {
    const { training, usecases } = getApp();
    const { usecase, force } = await readBody(request, runRequest);
    if (!usecases.has(usecase))
      throw new AppError(
        "not_found",
        `there is no use case "${usecase}"; there are ${[...usecases.keys()].join(", ")}`,
      );
    const cause = `request-${Date.now().toString(36)}${randomBytes(3).toString("hex")}`;
    const { run } = await startRun(training, { usecase, trigger: "request", cause, force });
    return { status: 202, headers: { location: `/runs/${run.id}` }, jsonBody: run };
  }),
});

app.http("getRun", {
  methods: ["GET"],
  route: "runs/{id}",
  authLevel: "function",
  handler: endpoint(async ({ params }) => ({ jsonBody: await describeRun(getApp().training, params.id) })),
});

app.http("cancelRun", {
  methods: ["POST"],
  route: "runs/{id}/cancel",
  authLevel: "admin",
  handler: endpoint(async ({ params }) => ({ jsonBody: await cancelRun(getApp().training, params.id) })),
});

app.http("listRuns", {
  methods: ["GET"],
  route: "runs",
  authLevel: "function",
  handler: endpoint(async (request) => {
    const { training, usecases } = getApp();
    const { usecase } = readQuery(request, z.object({ usecase: z.string().optional() }));
    const names = usecase === undefined ? [...usecases.keys()] : [usecase];
    const lists = await Promise.all(names.map((name) => training.runs.list(name)));
    return { jsonBody: { runs: lists.flat() } };
  }),
});
