import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { explainPage } from "../shared/explain/explainPage";
import { explainRequest } from "../shared/explain/explainRequest";
import { bodyText, endpoint } from "./endpoint";
import { keyInAddress, pageFormat, pageReply, wantsPage } from "./pageFormat";
import { explanationReply } from "./versionReply";

app.http("explain", {
  methods: ["POST"],
  route: "explain/{model?}",
  authLevel: "function",
  handler: endpoint(async (request, _context, _query, requestId) => ({
    jsonBody: await explainRequest(getApp(), {
      model: request.params.model,
      pin: request.headers.get("x-tidegate-version") ?? undefined,
      body: await bodyText(request),
      requestId,
    }),
  })),
});

app.http("explainVersion", {
  methods: ["GET"],
  route: "models/{model}/versions/{version}/explain",
  authLevel: "function",
  handler: endpoint(async (request, _context, query) => {
    const { model, version } = request.params;
    const isPage = wantsPage(request, query);
    const explanation = await getApp().explanations.of(model, version);
    return isPage
      ? pageReply(explainPage(explanation, keyInAddress(request)))
      : { jsonBody: explanationReply(explanation) };
  }, pageFormat),
});
