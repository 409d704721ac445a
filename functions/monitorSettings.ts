import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { type SettingChanges, settingOrigins } from "../shared/monitoring/monitorSettings";
import { monitorsSpec } from "../shared/monitoring/signals/registry";
import { endpoint, readBody } from "./endpoint";
import { requireSubject } from "./knownNames";
import { manualChange } from "./manualChange";

const section = z.record(z.string(), z.unknown());
const change = manualChange.extend({
  /** section -> field -> value; null takes the change of a field back */
  settings: z.record(z.string(), section),
});

app.http("getMonitorSettings", {
  methods: ["GET"],
  route: "monitors/{model}/settings",
  authLevel: "function",
  handler: endpoint(async ({ params: { model } }) => {
    await requireSubject(model);
    const { changes, etag } = await getApp().monitorSettings.of(model);
    return settingsReply(model, changes, etag);
  }),
});

app.http("changeMonitorSettings", {
  methods: ["PUT"],
  route: "monitors/{model}/settings",
  authLevel: "admin",
  handler: endpoint(async (request, context) => {
    const { model } = request.params;
    await requireSubject(model);
    const by = { ...(await readBody(request, change)), model, etag: ifMatch(request), operation: context.invocationId };
    const { changes, etag } = await getApp().monitorSettings.change(by, specOf(model));
    return settingsReply(model, changes, etag);
  }),
});

app.http("resetMonitorSettings", {
  methods: ["POST"],
  route: "monitors/{model}/settings/reset",
  authLevel: "admin",
  handler: endpoint(async (request, context) => {
    const { model } = request.params;
    await requireSubject(model);
    const by = await readBody(request, manualChange);
    const asked = { ...by, model, etag: ifMatch(request), operation: context.invocationId };
    const { changes, etag } = await getApp().monitorSettings.reset(asked);
    return settingsReply(model, changes, etag);
  }),
});

function specOf(model: string) {
  return getApp().usecases.get(model)?.spec.monitors ?? monitorsSpec.parse({});
}

/** The settings as last read; undefined where the caller does not mind what was changed since. */
function ifMatch(request: { headers: { get(name: string): string | null } }): string | undefined {
  return request.headers.get("if-match") ?? undefined;
}

function settingsReply(model: string, changes: SettingChanges, etag?: string) {
  return { headers: { etag: etag ?? "" }, jsonBody: { model, settings: settingOrigins(specOf(model), changes) } };
}
