import type { HttpRequest } from "@azure/functions";
import { z } from "zod";

/** Query of a document that is also available as a page. */
export const pageFormat = z.strictObject({ format: z.enum(["json", "html"]).optional() });

/** Whether a caller wants a document as a page: `?format=html`, or a browser's Accept header. */
export function wantsPage(request: HttpRequest, { format }: z.infer<typeof pageFormat>): boolean {
  return format === undefined ? (request.headers.get("accept")?.includes("text/html") ?? false) : format === "html";
}

/** An answer with an HTML page. */
export function pageReply(body: string) {
  return { body, headers: { "content-type": "text/html; charset=utf-8" } };
}

/** The function key of a caller who put it into the address: links on a page must carry it, too. */
export function keyInAddress(request: HttpRequest): string | undefined {
  return request.query.get("code") ?? undefined;
}
