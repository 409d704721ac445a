import { z } from "zod";
import { usecaseSpec } from "../../shared/usecase/usecaseSpec";

/**
 * JSON Schema of a `usecase.json` as written (defaults optional), for editors; parsing checks what JSON Schema cannot
 * express.
 */
export function usecaseJsonSchema(): object {
  return z.toJSONSchema(usecaseSpec, { io: "input" });
}
