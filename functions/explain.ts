import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { explainPage } from "../shared/explain/explainPage";
import { explainRequest } from "../shared/explain/explainRequest";
import { endpoint, readQuery } from "./endpoint";

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

const asked = z.strictObject({ format: z.enum(["json", "html"]).optional() });

app.http("explainVersion", {
  methods: ["GET"],
  route: "models/{model}/versions/{version}/explain",
  authLevel: "function",
  handler: endpoint(async (request) => {
    const { model, version } = request.params;
    const wantsPage = request.headers.get("accept")?.includes("text/html") ? "html" : "json";
    const { format = wantsPage } = readQuery(request, asked);
    const explanation = await getApp().explanations.of(model, version);
    if (format === "json") return { jsonBody: explanation };
    return { body: explainPage(explanation), headers: { "content-type": "text/html; charset=utf-8" } };
  }),
});
