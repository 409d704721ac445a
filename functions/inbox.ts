import { app, type InvocationContext } from "@azure/functions";
import { getApp } from "../shared/app";
import { datasetsInbox, feedbackInbox, modelsInbox } from "../shared/inbox/inboxes";
import { type FileOutcome, receiveFile } from "../shared/loop/receiveFile";
import { background } from "./background";
import { config } from "./telemetry";

app.storageBlob("registerDataset", {
  path: `${datasetsInbox}/{usecase}/{file}`,
  connection: "AzureWebJobsStorage",
  source: config.blobSource,
  handler: receive,
});

app.storageBlob("registerModel", {
  path: `${modelsInbox}/{model}/{file}.onnx`,
  connection: "AzureWebJobsStorage",
  source: config.blobSource,
  handler: receive,
});

app.storageBlob("receiveFeedback", {
  path: `${feedbackInbox}/{model}/{file}`,
  connection: "AzureWebJobsStorage",
  source: config.blobSource,
  handler: receive,
});

function receive(bytes: unknown, context: InvocationContext): Promise<void> {
  return background(context, async () => {
    const { inbox, name } = blobOf(context);
    const { blobs } = getApp();
    const droppedAt = (await blobs.stat(inbox, name))?.lastModified;
    const outcome = await receiveFile(getApp(), { inbox, name, bytes: bytes as Uint8Array, droppedAt });
    context.log(`${JSON.stringify(name)}: ${inShort(outcome)}`);
  });
}

/**
 * The blob by its full path. The path's parameters are unusable: the programming model parses them as JSON, so that a
 * file named 2024 arrives as a number, and 1.0 as 1 (github.com/Azure/azure-functions-nodejs-library,
 * fromRpcTypedData.ts).
 */
function blobOf({ triggerMetadata, functionName }: InvocationContext): { inbox: string; name: string } {
  const path = triggerMetadata?.blobTrigger;
  const [, inbox, name] = typeof path === "string" ? (/^([^/]+)\/(.+)$/s.exec(path) ?? []) : [];
  if (name === undefined) throw new Error(`${functionName} was called without the blob's path in its trigger metadata`);
  return { inbox, name };
}

/** A verdict for the log, which must not contain cells of a rejected file. */
function inShort(outcome: FileOutcome): string {
  if (outcome.status === "rejected") return "rejected; GET /inbox says why";
  if ("summary" in outcome) return outcome.summary;
  const version = outcome.created ? `version ${outcome.version}` : `version ${outcome.version}, as before`;
  return outcome.runId === undefined ? version : `${version}, trained on by ${outcome.runId}`;
}
