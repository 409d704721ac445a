import { AppError } from "./errors";
import { jsonFault } from "./jsonFault";

/** A request's body as JSON; AppError invalid_input says where it is not. */
export function requestJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { line, column, message } = jsonFault(text);
    const details = [{ path: "", message: `line ${line}, column ${column}: ${message}` }];
    const where = `(line ${line}, column ${column}): ${message}`;
    throw new AppError("invalid_input", `the body is not valid JSON ${where}`, { cause, details });
  }
}
