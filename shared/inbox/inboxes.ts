export const datasetsInbox = "datasets-inbox";
export const modelsInbox = "models-inbox";
export const feedbackInbox = "feedback-inbox";
/** every inbox: its trigger sees most files, and reconciling the others */
export const inboxes: readonly string[] = [datasetsInbox, modelsInbox, feedbackInbox];

/** The model that a .json of the model inbox describes; undefined for any other file. */
export function describedModel(blobName: string): string | undefined {
  return blobName.endsWith(".json") ? blobName.replace(/\.json$/, ".onnx") : undefined;
}

/**
 * Where a file lies in an inbox: the folder that names its use case or model ("" at the top, "a/b" below a folder), and
 * its name.
 */
export function placeInInbox(blobName: string): { folder: string; file: string } {
  const end = blobName.lastIndexOf("/");
  return { folder: shown(blobName.slice(0, Math.max(end, 0))), file: shown(blobName.slice(end + 1)) };
}

/** A name that is safe to show in a log or a terminal, where control characters would take effect. */
function shown(name: string): string {
  return name.replace(/\p{Cc}/gu, "\u{fffd}");
}
