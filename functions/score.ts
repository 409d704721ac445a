import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { scoreRequest } from "../shared/serving/scoreRequest";
import { wireFormat } from "../shared/serving/wire/registry";
import { bodyText, endpoint } from "./endpoint";

app.http("score", {
  methods: ["POST"],
  route: "score/{model?}",
  authLevel: "function",
  handler: endpoint(async (request, _context, _query, requestId) =>
    scoreRequest(getApp(), {
      format: wireFormat("plain"),
      model: request.params.model,
      pin: request.headers.get("x-tidegate-version") ?? undefined,
      body: () => bodyText(request),
      requestId,
    }),
  ),
});
