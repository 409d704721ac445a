import { z } from "zod";
import { AppError } from "../shared/errors";
import { dayMs, hourMs } from "../shared/time";
import { manualChange } from "./manualChange";

const longestDays = 366;

/** What asks for a silence: until when or for how long, why and by whom. */
export const silenceBody = manualChange
  .extend({
    until: z.iso.datetime({ offset: true, error: "an instant like 2026-01-31T12:00:00Z is needed" }).optional(),
    hours: z.number().positive().optional(),
  })
  .refine(({ until, hours }) => (until === undefined) !== (hours === undefined), {
    path: ["until"],
    error: 'either "until" or "hours" is needed',
  });

type SilenceBody = Pick<z.infer<typeof silenceBody>, "until" | "hours">;

/** When the silence ends that a body asks for; AppError invalid_input where that is past or too far away. */
export function endOfSilence({ until, hours = 0 }: SilenceBody, now: Date): Date {
  const endMs = until === undefined ? now.getTime() + hours * hourMs : Date.parse(until);
  const path = until === undefined ? "hours" : "until";
  const refuse = (message: string) => new AppError("invalid_input", message, { details: [{ path, message }] });
  if (endMs <= now.getTime()) throw refuse("a silence must end in the future");
  if (endMs > now.getTime() + longestDays * dayMs) throw refuse(`a silence lasts ${longestDays} days at most`);
  return new Date(endMs);
}
