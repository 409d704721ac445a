import type { IncomingMessage } from "node:http";
import type { AuthLevel, Keys } from "./protocol";

/**
 * Whether the request's key opens the level: the master key opens all, the function key `function`. The header
 * `x-functions-key` wins over `?code=` (https://learn.microsoft.com/azure/azure-functions/function-keys-how-to).
 */
export function isAllowed(
  level: AuthLevel,
  req: IncomingMessage,
  query: Record<string, string | string[]>,
  keys: Keys,
): boolean {
  if (level === "anonymous") return true;
  const key = req.headers["x-functions-key"] ?? query.code;
  return key === keys.master || (level === "function" && key === keys.function);
}
