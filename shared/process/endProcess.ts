import { messageOf } from "../errors";
import { withTimeLimit } from "../timeLimit";

/** ms; then the process ends, whatever `close` still does */
const closeLimitMs = 10_000;
/** ms; what asked for it notes first that it did */
const graceMs = 1_000;

/** Ends this process soon, after `close`; its host starts another one. */
export function endProcess(reason: string, close: () => Promise<void>): void {
  console.error(`this worker ends, to be started again: ${reason}`);
  setTimeout(async () => {
    try {
      await withTimeLimit(close(), closeLimitMs, () => undefined);
    } catch (error) {
      console.error(`not everything could be written before the end: ${messageOf(error)}`);
    }
    process.exit(0);
  }, graceMs);
}
