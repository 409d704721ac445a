import { AppError, messageOf } from "../errors";
import { type UsecaseSpec, usecaseSpec } from "./usecaseSpec";

/** Reads one spec; `where` names it in the AppError invalid_input whose details list every path at fault. */
export function parseUsecase(text: string, where: string): UsecaseSpec {
  const parsed = usecaseSpec.safeParse(parseJson(text, where));
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.flatMap((issue) => {
    const path = issue.path.join(".");
    if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: [...issue.path, key].join("."), message: "there is no such field" }));
  });
  const faults = details.map(({ path, message }) => `${path || "(top)"}: ${message}`).join("; ");
  throw new AppError("invalid_input", `${where} is wrong: ${faults}`, { details });
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new AppError("invalid_input", `${where} is not JSON: ${messageOf(cause)}`, { cause });
  }
}
