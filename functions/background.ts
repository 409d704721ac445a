import type { InvocationContext } from "@azure/functions";
import type { z } from "zod";
import { getApp } from "../shared/app";
import { checkInput } from "../shared/checkInput";
import { kindOf } from "../shared/errors";

/** Runs work without an HTTP caller as a telemetry request, sent before the platform may freeze the instance. */
export async function background<T>(context: InvocationContext, work: () => Promise<T>): Promise<T> {
  const { telemetry } = getApp();
  const { functionName, invocationId, traceContext } = context;
  const traceParent = traceContext?.traceParent;
  try {
    return await telemetry.invocation({ functionName, invocationId, traceParent }, work);
  } catch (error) {
    getApp().serviceCounts.exception(kindOf(error));
    throw error;
  } finally {
    await telemetry.flush();
  }
}

/** A queue handler with a message checked by `schema`; any other message fails until it reaches the poison queue. */
export function queueStep<T>(schema: z.ZodType<T>, work: (message: T, context: InvocationContext) => Promise<void>) {
  return (message: unknown, context: InvocationContext): Promise<void> =>
    background(context, async () => work(checkInput(message, schema), context));
}
