import { z } from "zod";
import { usecaseSpec } from "../../shared/usecase/usecaseSpec";

/** JSON Schema of a `usecase.json` as its author writes it (defaults optional), for editors; what it cannot say, parsing checks. */
export function usecaseJsonSchema(): object {
  return z.toJSONSchema(usecaseSpec, { io: "input" });
}
