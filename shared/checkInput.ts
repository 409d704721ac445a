import type { z } from "zod";
import { AppError } from "./errors";
import { inputFaults } from "./inputFaults";

/**
 * `value` by `schema`; AppError invalid_input lists every field at fault, an unknown one as `unknownField`, never what
 * stands in it.
 */
export function checkInput<T>(value: unknown, schema: z.ZodType<T>, unknownField?: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = inputFaults(parsed.error.issues, unknownField);
  const [first] = details;
  throw new AppError("invalid_input", first.path === "" ? first.message : `${first.path}: ${first.message}`, {
    details,
  });
}
