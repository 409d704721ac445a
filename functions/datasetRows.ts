import { readFile } from "node:fs/promises";
import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { checkInput } from "../shared/checkInput";
import { datasetRows } from "../shared/data/datasetRows";
import { registerInference } from "../shared/loop/registerInference";
import type { Usecase } from "../shared/usecase/loadUsecases";
import { endpoint, readBody } from "./endpoint";
import { noSuchUsecase } from "./knownNames";
import { manualChange } from "./manualChange";

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const scored = manualChange
  .extend({ from: instant, to: instant })
  .refine(({ from, to }) => from < to, { path: ["to"], message: 'it must be after "from"' });

app.http("datasetFromInference", {
  methods: ["POST"],
  route: "datasets/{usecase}/from-inference",
  authLevel: "admin",
  handler: endpoint(async (request) => {
    const usecase = usecaseOf(request.params.usecase);
    const { reason, actor, ...range } = await readBody(request, scored);
    await getApp().capture?.flush();
    const registered = await registerInference(getApp(), usecase, range, { reason, actor });
    const hint = "runs from now on learn from its labelled rows; none is started by this: POST /runs trains with it";
    return { jsonBody: { usecase: usecase.spec.name, ...registered, hint } };
  }),
});

const versionPath = z.object({ version: z.string().regex(/^[1-9]\d{0,8}$/, "a version number is needed") });
const wholeNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "a whole number from 1 is needed")
  .transform(Number);
const page = z.strictObject({
  format: z.enum(["csv", "parquet"]).default("csv"),
  /** number of the first row, from 1, and how many follow from there */
  first: wholeNumber.default(1),
  limit: wholeNumber.pipe(z.number().max(1_000_000)).default(100_000),
});

const contentTypes = { csv: "text/csv; charset=utf-8", parquet: "application/vnd.apache.parquet" };

app.http("datasetRows", {
  methods: ["GET"],
  route: "datasets/{usecase}/{version}/rows",
  authLevel: "function",
  handler: endpoint(async (request, _context, { format, first, limit }) => {
    const { spec } = usecaseOf(request.params.usecase);
    const version = Number(checkInput(request.params, versionPath).version);
    const { datasets, dataWork } = getApp();
    const dataset = await datasets.version(spec.name, version);
    return datasetRows({ datasets, dataWork }, spec, dataset, { format, first, most: limit }, async (file, rows) => {
      const next: Record<string, string> = {};
      if (first + limit <= rows) next["x-tidegate-next"] = String(first + limit);
      const name = `${spec.name}-v${version}${first === 1 ? "" : `-from-${first}`}.${format}`;
      const disposition = { "content-disposition": `attachment; filename="${name}"` };
      const headers = {
        "content-type": contentTypes[format],
        "x-tidegate-rows": String(rows),
        ...disposition,
        ...next,
      };
      return { headers, body: await readFile(file) };
    });
  }, page),
});

function usecaseOf(name: string): Usecase {
  const usecase = getApp().usecases.get(name);
  if (usecase === undefined) throw noSuchUsecase(name);
  return usecase;
}
