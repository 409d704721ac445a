import type { InvocationContext } from "@azure/functions";
import type { z } from "zod";
import { getApp } from "../shared/app";
import { check } from "./endpoint";

/** Runs work that no HTTP caller waits for and sends its telemetry before the platform may freeze the instance. */
export async function background<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await getApp().telemetry.flush();
  }
}

/** A queue handler whose message is checked by `schema`; a message of another shape fails until it lands in the poison queue. */
export function queueStep<T>(schema: z.ZodType<T>, work: (message: T, context: InvocationContext) => Promise<void>) {
  return (message: unknown, context: InvocationContext): Promise<void> =>
    background(() => work(check(message, schema), context));
}
