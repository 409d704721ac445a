import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { cancelRun } from "../shared/training/cancelRun";
import { describeRun } from "../shared/training/describeRun";
import { startRun } from "../shared/training/startRun";
import { endpoint, readBody } from "./endpoint";
import { noSuchUsecase } from "./knownNames";
import { cursorAfter, pageOf, pageQuery } from "./listPage";
import { manualChange } from "./manualChange";
import { runDescriptionReply, runReply } from "./runReply";
import { noteUnreadable } from "./unreadable";

const runsQuery = z.strictObject({ usecase: z.string().optional(), ...pageQuery("runs") });

const runRequest = z.strictObject({
  usecase: z.string(),
  /** trains even when no labelled row is new */
  force: z.boolean().default(false),
  /** the person who asks; a program with the key may have no name */
  actor: manualChange.shape.actor.default("admin key"),
});

app.http("startRun", {
  methods: ["POST"],
  route: "runs",
  authLevel: "admin",
  handler: endpoint(async (request, { invocationId }) => {
    const { usecases, clock } = getApp();
    const { usecase, force, actor } = await readBody(request, runRequest);
    if (!usecases.has(usecase)) throw noSuchUsecase(usecase);
    const cause = `request-${clock.now().getTime().toString(36)}${invocationId.replaceAll("-", "").slice(0, 6)}`;
    const { run } = await startRun(getApp(), { usecase, trigger: "request", cause, force, actor });
    return { status: 202, headers: { location: `/runs/${run.id}` }, jsonBody: runReply(run) };
  }),
});

app.http("getRun", {
  methods: ["GET"],
  route: "runs/{id}",
  authLevel: "function",
  handler: endpoint(async ({ params }) => ({
    jsonBody: runDescriptionReply(await describeRun(getApp(), params.id)),
  })),
});

app.http("cancelRun", {
  methods: ["POST"],
  route: "runs/{id}/cancel",
  authLevel: "admin",
  handler: endpoint(async (request) => {
    const by = await readBody(request, manualChange);
    return { jsonBody: runReply(await cancelRun(getApp(), request.params.id, by)) };
  }),
});

app.http("listRuns", {
  methods: ["GET"],
  route: "runs",
  authLevel: "function",
  handler: endpoint(async (_request, _context, { usecase, limit, cursor }) => {
    const { runs, usecases } = getApp();
    const names = usecase === undefined ? [...usecases.keys()] : [usecase];
    const { note, field } = noteUnreadable();
    const all = (await Promise.all(names.map((name) => runs.list(name, note)))).flat();
    const isKnown = usecase === undefined || usecases.has(usecase);
    if (!isKnown && all.length === 0 && field().unreadable === undefined) throw noSuchUsecase(usecase);
    const { entries, last } = pageOf(all, ({ requestedAt, id }) => `${requestedAt} ${id}`, limit, cursor);
    return { jsonBody: { runs: entries.map(runReply), next: cursorAfter("runs", last), ...field() } };
  }, runsQuery),
});
