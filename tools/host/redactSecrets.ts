import type { Keys } from "./protocol";

const hidden = "***";
// A caller's key in an address, an account's key in a connection string, the signature of an address that is itself a
// key.
const inText = /(\bcode=|\bAccountKey=|\bSharedAccessSignature=|\bsig=)[^&;\s"'<>]+/gi;

/** Takes the host's keys, and what reads like a key, out of a line for the log. */
export function redactSecrets(keys: Keys): (line: string) => string {
  const known = [keys.master, keys.function].filter((key) => key !== "");
  return (line) => {
    const text = line.replace(inText, `$1${hidden}`);
    return known.reduce((left, key) => left.replaceAll(key, hidden), text);
  };
}
