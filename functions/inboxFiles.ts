import { app } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { datasetsInbox, feedbackInbox, modelsInbox } from "../shared/inbox/inboxes";
import { type InboxEntry, listInbox } from "../shared/inbox/listInbox";
import { endpoint } from "./endpoint";
import { cursorAfter, pageOf, pageQuery } from "./listPage";
import { noteUnreadable } from "./unreadable";

const inboxes = { datasets: datasetsInbox, models: modelsInbox, feedback: feedbackInbox };
const query = z.strictObject({
  inbox: z.enum(["datasets", "models", "feedback"]).optional(),
  /** the use case or model that files were dropped for */
  folder: z.string().optional(),
  ...pageQuery("inbox"),
});

app.http("listInbox", {
  methods: ["GET"],
  route: "inbox",
  authLevel: "function",
  handler: endpoint(async (_request, _context, { inbox, folder, limit, cursor }) => {
    const names = inbox === undefined ? Object.values(inboxes) : [inboxes[inbox]];
    const prefix = folder === undefined ? undefined : `${folder}/`;
    const { note, field } = noteUnreadable();
    const wanted = { prefix, onUnreadable: note };
    const all = (await Promise.all(names.map((name) => listInbox(getApp(), name, wanted)))).flat();
    const { entries, last } = pageOf(all, placeOf, limit, cursor);
    return { jsonBody: { files: entries, next: cursorAfter("inbox", last), ...field() } };
  }, query),
});

function placeOf({ droppedAt, inbox, folder, file }: InboxEntry): string {
  return `${droppedAt} ${inbox} ${Buffer.from(`${folder}/${file}`).toString("hex")}`;
}
