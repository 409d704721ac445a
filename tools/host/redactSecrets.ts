import type { Keys } from "./protocol";

const hidden = "***";
// the key of a caller in an address, of an account in a connection string, and the signature of an address that is one itself
const inText = /(\bcode=|\bAccountKey=|\bSharedAccessSignature=|\bsig=)[^&;\s"'<>]+/gi;

/** Takes the host's keys, and what reads like a key, out of a line for the log. */
export function redactSecrets(keys: Keys): (line: string) => string {
  const known = [keys.master, keys.function].filter((key) => key !== "");
  return (line) => {
    const text = line.replace(inText, `$1${hidden}`);
    return known.reduce((left, key) => left.replaceAll(key, hidden), text);
  };
}
