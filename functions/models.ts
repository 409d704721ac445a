import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { checkInput } from "../shared/checkInput";
import { AppError } from "../shared/errors";
import type { OnUnreadable } from "../shared/ledger/readable";
import { movableAliases } from "../shared/registry/modelVersion";
import type { VersionSummary } from "../shared/registry/versionRow";
import { endpoint, readBody } from "./endpoint";
import { requireSubject } from "./knownNames";
import { cursorAfter, pageOf, pageQuery } from "./listPage";
import { manualChange } from "./manualChange";
import { noteUnreadable } from "./unreadable";
import { versionReply, versionSummaryReply } from "./versionReply";

const modelsQuery = z.strictObject({ model: z.string().optional(), ...pageQuery("models") });

app.http("listModels", {
  methods: ["GET"],
  route: "models",
  authLevel: "function",
  handler: endpoint(async (_request, _context, { model, ...page }) => {
    if (model === undefined && page.cursor !== undefined) throw cursorWithoutModel();
    const { note, field } = noteUnreadable();
    const isShown = (name: string) => model === undefined || name === model;
    const names = await getApp().registry.models((error, name) => {
      if (isShown(name)) note(error);
    });
    if (model !== undefined && !names.includes(model)) await requireSubject(model);
    const models = await Promise.all(names.filter(isShown).map((name) => listed(name, page, note)));
    return { jsonBody: { models, ...field() } };
  }, modelsQuery),
});

/** A model with a page of its versions, newest first. */
async function listed(model: string, page: { limit: number; cursor?: string }, onUnreadable: OnUnreadable) {
  const { registry } = getApp();
  const all = await registry.versions(model, onUnreadable);
  const place = ({ version }: VersionSummary) => String(version).padStart(6, "0");
  const { entries: versions, last } = pageOf(all, place, page.limit, page.cursor);
  const { aliases, pins } = await registry.aliasesAndPins(model, onUnreadable);
  return { model, aliases, pins, versions: versions.map(versionSummaryReply), next: cursorAfter("models", last) };
}

function cursorWithoutModel(): AppError {
  return fault("model", "a cursor continues the versions of one model: name it as model=...");
}

function untilWithoutPin(): AppError {
  return fault("until", 'only a pin can have an end: leave out "until", or do not set "pin" to false');
}

function fault(path: string, message: string): AppError {
  return new AppError("invalid_input", message, { details: [{ path, message }] });
}

app.http("getModelVersion", {
  methods: ["GET"],
  route: "models/{model}/versions/{version}",
  authLevel: "function",
  handler: endpoint(async ({ params }) => {
    const { registry } = getApp();
    const version = await registry.resolve(params.model, params.version);
    return { jsonBody: versionReply(await registry.version(params.model, version)) };
  }),
});

const aliasPath = z.object({ alias: z.enum(movableAliases) });

const move = manualChange.extend({
  version: z.int().min(1),
  /** the version that the alias is believed to point at; with another one nothing changes */
  expected: z.int().min(1).optional(),
  /** no run moves the alias until a person moves it with `false`, or until `until` */
  pin: z.boolean().default(true),
  until: z.iso
    .datetime({ offset: true, error: 'a time with its zone is needed, as "2026-12-31T18:00:00Z"' })
    .optional(),
});

app.http("moveAlias", {
  methods: ["PUT"],
  route: "models/{model}/aliases/{alias}",
  authLevel: "admin",
  handler: endpoint(async (request, context) => {
    const { registry } = getApp();
    const { model } = request.params;
    const { alias } = checkInput(request.params, aliasPath);
    const { pin, until, ...change } = await readBody(request, move);
    if (!pin && until !== undefined) throw untilWithoutPin();
    await registry.moveAlias({
      model,
      alias,
      ...change,
      pin: pin ? { until } : undefined,
      operation: context.invocationId,
    });
    // the alias has been moved: another one that cannot be read is no failure of that
    const { note, field } = noteUnreadable();
    return { jsonBody: { model, ...(await registry.aliasesAndPins(model, note)), ...field() } };
  }),
});

for (const [name, pause] of [
  ["pause", true],
  ["resume", false],
] as const)
  app.http(`${name}Alias`, {
    methods: ["POST"],
    route: `models/{model}/aliases/{alias}/${name}`,
    authLevel: "admin",
    handler: endpoint(async (request, context) => {
      const { registry } = getApp();
      const { model } = request.params;
      const { alias } = checkInput(request.params, aliasPath);
      const by = await readBody(request, manualChange);
      const changed = await registry.setPause({ model, alias, pause, ...by, operation: context.invocationId });
      const state = await registry.alias(model, alias);
      if (state === undefined) throw new AppError("not_found", `the alias ${alias} of ${model} points at no version`);
      return { jsonBody: { model, alias, changed, version: state.version, pause: state.pause } };
    }),
  });
