import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { checkInput } from "../shared/checkInput";
import { movableAliases } from "../shared/registry/modelVersion";
import { endpoint, readBody } from "./endpoint";
import { manualChange } from "./manualChange";

app.http("listModels", {
  methods: ["GET"],
  route: "models",
  authLevel: "function",
  handler: endpoint(async () => {
    const { registry } = getApp();
    const names = await registry.models();
    const models = names.map(async (model) => ({
      model,
      aliases: await registry.aliases(model),
      versions: await registry.versions(model),
    }));
    return { jsonBody: { models: await Promise.all(models) } };
  }),
});

app.http("getModelVersion", {
  methods: ["GET"],
  route: "models/{model}/versions/{version}",
  authLevel: "function",
  handler: endpoint(async ({ params }) => {
    const { registry } = getApp();
    const version = await registry.resolve(params.model, params.version);
    return { jsonBody: await registry.version(params.model, version) };
  }),
});

const move = manualChange.extend({
  version: z.int().min(1),
  /** callers from before people were named leave it out */
  actor: manualChange.shape.actor.default("admin key"),
  /** the version the alias is believed to stand at; another one changes nothing */
  expected: z.int().min(1).optional(),
});

app.http("moveAlias", {
  methods: ["PUT"],
  route: "models/{model}/aliases/{alias}",
  authLevel: "admin",
  handler: endpoint(async (request, context) => {
    const { registry } = getApp();
    const { model } = request.params;
    const alias = checkInput(request.params.alias, z.enum(movableAliases));
    const { version, reason, actor, expected } = await readBody(request, move);
    await registry.moveAlias({
      model,
      alias,
      version,
      reason,
      expected,
      operation: context.invocationId,
      actor,
    });
    return { jsonBody: { model, aliases: await registry.aliases(model) } };
  }),
});
