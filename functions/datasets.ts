import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import type { DatasetVersion, RejectedDataset } from "../shared/data/datasetRegistry";
import { endpoint } from "./endpoint";
import { noSuchUsecase } from "./knownNames";
import { cursorAfter, pageOf, pageQuery } from "./listPage";

const query = z.strictObject({ usecase: z.string().optional(), ...pageQuery("datasets") });
/** what was dropped for a use case that does not exist */
const unknownUsecase = "unknown-usecase";

app.http("listDatasets", {
  methods: ["GET"],
  route: "datasets",
  authLevel: "function",
  handler: endpoint(async (_request, _context, { usecase, limit, cursor }) => {
    const { datasets, usecases } = getApp();
    const names = usecase === undefined ? [...usecases.keys(), unknownUsecase] : [usecase];
    const accepted = (await Promise.all(names.map((name) => datasets.versions(name)))).flat();
    const rejected = (await Promise.all(names.map((name) => datasets.rejected(name)))).flat();
    const isKnown = usecase === undefined || usecase === unknownUsecase || usecases.has(usecase);
    if (!isKnown && accepted.length + rejected.length === 0) throw noSuchUsecase(usecase);
    const [afterAccepted, afterRejected] = cursor?.split("\n") ?? [];
    const versions = pageOf(accepted, versionPlace, limit, afterAccepted);
    const refused = pageOf(rejected, refusedPlace, limit, afterRejected);
    const hasMore = versions.last !== undefined || refused.last !== undefined;
    // nothing comes after "": a list that is through stays so
    const last = hasMore ? `${versions.last ?? ""}\n${refused.last ?? ""}` : undefined;
    return {
      jsonBody: { datasets: versions.entries, rejected: refused.entries, next: cursorAfter("datasets", last) },
    };
  }, query),
});

function versionPlace({ createdAt, usecase, version }: DatasetVersion): string {
  return `${createdAt} ${usecase} ${String(version).padStart(6, "0")}`;
}

function refusedPlace({ rejectedAt, usecase, sha256, file }: RejectedDataset): string {
  return `${rejectedAt} ${usecase} ${sha256} ${Buffer.from(file).toString("hex")}`;
}
