import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { buildModelCard } from "../shared/card/buildModelCard";
import { modelCardPage } from "../shared/card/modelCardPage";
import { endpoint } from "./endpoint";
import { keyInAddress, pageFormat, pageReply, wantsPage } from "./pageFormat";
import { cardReply } from "./versionReply";

app.http("modelCard", {
  methods: ["GET"],
  route: "models/{model}/versions/{version}/card",
  authLevel: "function",
  handler: endpoint(async (request, _context, query) => {
    const isPage = wantsPage(request, query);
    const card = await buildModelCard(getApp(), request.params.model, request.params.version);
    return isPage ? pageReply(modelCardPage(card, keyInAddress(request))) : { jsonBody: cardReply(card) };
  }, pageFormat),
});
