export const datasetsInbox = "datasets-inbox";
export const modelsInbox = "models-inbox";

/** Where a file lies in an inbox: the folder that names its use case or model ("" at the top, "a/b" below a folder), and its name. */
export function placeInInbox(blobName: string): { folder: string; file: string } {
  const end = blobName.lastIndexOf("/");
  return { folder: blobName.slice(0, Math.max(end, 0)), file: blobName.slice(end + 1) };
}
