import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { checkInput } from "../shared/checkInput";
import { type DatasetVersion, type RejectedDataset, unknownUsecase } from "../shared/data/datasetRegistry";
import { datasetsInbox } from "../shared/inbox/inboxes";
import { type InboxEntry, listInbox } from "../shared/inbox/listInbox";
import { versionsLearntFrom } from "../shared/training/versionsLearntFrom";
import { datasetReply, rejectedReply } from "./datasetReply";
import { endpoint, readBody } from "./endpoint";
import { noSuchUsecase } from "./knownNames";
import { cursorAfter, pageOf, pageQuery } from "./listPage";
import { manualChange } from "./manualChange";
import { noteUnreadable } from "./unreadable";

const query = z.strictObject({ usecase: z.string().optional(), ...pageQuery("datasets") });

app.http("listDatasets", {
  methods: ["GET"],
  route: "datasets",
  authLevel: "function",
  handler: endpoint(async (_request, _context, { usecase, limit, cursor }) => {
    const { datasets, usecases } = getApp();
    const names = usecase === undefined ? [...usecases.keys(), unknownUsecase] : [usecase];
    const { note, field } = noteUnreadable();
    const accepted = (await Promise.all(names.map((name) => datasets.versions(name, note)))).flat();
    const rejected = (await Promise.all(names.map((name) => datasets.rejected(name, note)))).flat();
    const isKnown = usecase === undefined || usecase === unknownUsecase || usecases.has(usecase);
    const hasNone = accepted.length + rejected.length === 0 && field().unreadable === undefined;
    if (!isKnown && hasNone) throw noSuchUsecase(usecase);
    const [afterAccepted, afterRejected] = cursor?.split("\n") ?? [];
    const versions = pageOf(accepted, versionPlace, limit, afterAccepted);
    const refused = pageOf(rejected, refusedPlace, limit, afterRejected);
    const hasMore = versions.last !== undefined || refused.last !== undefined;
    // nothing comes after "": a list that is through stays so
    const last = hasMore ? `${versions.last ?? ""}\n${refused.last ?? ""}` : undefined;
    const pending = cursor === undefined ? await pendingFiles(usecase, [...accepted, ...rejected]) : undefined;
    return {
      jsonBody: {
        datasets: versions.entries.map(datasetReply),
        rejected: refused.entries.map(rejectedReply),
        pending,
        next: cursorAfter("datasets", last),
        ...field(),
      },
    };
  }, query),
});

/** Files that are not judged yet; `judged` are the verdicts, some of them older than the inbox's own record. */
async function pendingFiles(usecase: string | undefined, judged: (DatasetVersion | RejectedDataset)[]) {
  const prefix = usecase === undefined ? undefined : `${usecase}/`;
  // a file whose record cannot be read is pending, and its reason says so
  const files = await listInbox(getApp(), datasetsInbox, { prefix, onUnreadable: () => {} });
  const isJudged = ({ folder, file, droppedAt }: InboxEntry) =>
    judged.some((one) => {
      const at = one.status === "accepted" ? one.createdAt : one.rejectedAt;
      return at >= droppedAt && (one.file === `${folder}/${file}` || (one.usecase === folder && one.file === file));
    });
  return files
    .filter((entry) => entry.status === "pending" && !isJudged(entry))
    .map(({ folder, file, sizeBytes, droppedAt, reason }) => ({
      usecase: folder,
      status: "pending",
      file,
      sizeBytes,
      droppedAt,
      reason,
    }));
}

const versionPath = z.object({ version: z.string().regex(/^[1-9]\d{0,8}$/, "a version number is needed") });

type Change = "withdraw" | "restore";
const hints: Record<Change, string> = {
  withdraw: "runs from now on leave this version out; none is started by this: POST /runs trains without it",
  restore: "runs from now on learn from this version again; none is started by this: POST /runs trains with it",
};

for (const change of Object.keys(hints) as Change[])
  app.http(`${change}Dataset`, {
    methods: ["POST"],
    route: `datasets/{usecase}/{version}/${change}`,
    authLevel: "admin",
    handler: endpoint(async (request, context) => {
      const { datasets } = getApp();
      const { usecase } = request.params;
      const version = Number(checkInput(request.params, versionPath).version);
      const body = await readBody(request, manualChange);
      const dataset = await datasets[change]({ usecase, version, ...body, operation: context.invocationId });
      const learntFromIt = await versionsLearntFrom(getApp(), usecase, version);
      return { jsonBody: { dataset: datasetReply(dataset), ...learntFromIt, hint: hints[change] } };
    }),
  });

function versionPlace({ createdAt, usecase, version }: DatasetVersion): string {
  return `${createdAt} ${usecase} ${String(version).padStart(6, "0")}`;
}

function refusedPlace({ rejectedAt, usecase, sha256, file }: RejectedDataset): string {
  return `${rejectedAt} ${usecase} ${sha256} ${Buffer.from(file).toString("hex")}`;
}
