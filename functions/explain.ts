import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { explainRequest } from "../shared/explain/explainRequest";
import { endpoint } from "./endpoint";

app.http("explain", {
  methods: ["POST"],
  route: "explain/{model?}",
  authLevel: "function",
  handler: endpoint(async (request, context) => ({
    jsonBody: await explainRequest(getApp().explaining, {
      model: request.params.model,
      pin: request.headers.get("x-tidegate-version") ?? undefined,
      body: await request.text(),
      requestId: context.invocationId,
    }),
  })),
});
