import { AppError } from "./errors";

/** A request's body as JSON; AppError invalid_input when it is not. */
export function requestJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const details = [{ path: "", message: "send a JSON object" }];
    throw new AppError("invalid_input", "the body is not valid JSON", { cause, details });
  }
}
