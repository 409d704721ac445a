import { z } from "zod";

/** What a signal says of a window, or of one thing in it. */
export const verdict = z.enum(["ok", "drift", "insufficient_data", "failed"]);

export type Verdict = z.infer<typeof verdict>;
