import { app } from "@azure/functions";
import { getApp } from "../shared/app";
import { endpoint } from "./endpoint";

app.http("health", {
  methods: ["GET"],
  route: "health",
  authLevel: "anonymous",
  handler: endpoint(async () => {
    const { usecases, registry, captureState } = getApp();
    const models = await registry.models(); // one read of storage: healthy means that storage answers
    return { jsonBody: { status: "ok", usecases: [...usecases.keys()], models, capture: captureState() } };
  }),
});
