import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import { z } from "zod";
import { getApp } from "../shared/app";
import { checkInput } from "../shared/checkInput";
import { AppError, kindOf, messageOf } from "../shared/errors";
import { toProblem } from "../shared/problem";
import { requestIdAt } from "../shared/requestId";
import { requestJson } from "../shared/requestJson";

type JsonHandler<Query> = (
  request: HttpRequest,
  context: InvocationContext,
  query: Query,
  requestId: string,
) => Promise<HttpResponseInit>;

/** Names of the query parameters, and what each may be. */
type QuerySchema<Query> = z.ZodType<Query> & { shape: z.ZodRawShape };

const noQuery = z.strictObject({});

/**
 * Wraps a handler: records the request in telemetry, reads its query by `schema` (without one, it may have none), gives
 * it an id that names its time, and turns every failure into a problem document; bugs are logged with their stack and
 * become 500.
 */
export function endpoint<Query = unknown>(
  handler: JsonHandler<Query>,
  schema: QuerySchema<Query> = noQuery as QuerySchema<Query>,
): HttpHandler {
  return async (request, context) => {
    const { functionName, invocationId, traceContext, options } = context;
    const http = { method: request.method, route: String(options.trigger.route ?? functionName) };
    let requestId = invocationId;
    const invocation = { functionName, invocationId, traceParent: traceContext?.traceParent, http };
    try {
      const { clock, telemetry } = getApp();
      requestId = requestIdAt(clock.now(), invocationId);
      return await telemetry.invocation(invocation, async () =>
        handler(request, context, readQuery(request, schema), requestId),
      );
    } catch (thrown) {
      const { status, body, headers } = toProblem(thrown, requestId);
      if (status >= 500) getApp().serviceCounts.exception(kindOf(thrown));
      if (status === 500) context.error(thrown);
      else if (status > 500) context.error(messageOf(thrown)); // the stack of an outage says nothing
      return { status, headers, jsonBody: body };
    }
  };
}

/** The request's JSON body by `schema`, {} if it is empty; AppError invalid_input lists every field at fault. */
export async function readBody<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T> {
  const text = await bodyText(request);
  return checkInput(text.trim() === "" ? {} : requestJson(text), schema);
}

/** The request's body as text; AppError too_large if it is over the limit, before it is read if its length is known. */
export async function bodyText(request: HttpRequest): Promise<string> {
  const { maxBodyBytes } = getApp();
  const check = (bytes: number) => {
    if (bytes > maxBodyBytes)
      throw new AppError(
        "too_large",
        `the body has ${bytes} bytes; the limit is ${maxBodyBytes} (TIDEGATE_MAX_BODY_MB): send several requests`,
      );
  };
  const declared = request.headers.get("content-length");
  check(Number(declared ?? 0));
  const text = await request.text();
  if (declared === null) check(Buffer.byteLength(text));
  return text;
}

/** The query's fields by `schema`; AppError invalid_input lists every field at fault. */
function readQuery<T>(request: HttpRequest, schema: QuerySchema<T>): T {
  const { code: _functionKey, ...fields } = Object.fromEntries(request.query);
  const names = Object.keys(schema.shape);
  const known = names.length === 0 ? "this address takes none" : `this address takes ${names.join(", ")}`;
  return checkInput(fields, schema, `unknown query parameter: ${known}`);
}
