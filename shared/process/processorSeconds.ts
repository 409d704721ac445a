import { readFile } from "node:fs/promises";

/** Linux counts processor time for programs in hundredths of a second, whatever its own clock */
const ticksPerSecond = 100;

/**
 * Processor time that a process and its threads have taken; undefined where the system does not tell, or the process is
 * gone.
 */
export async function processorSeconds(pid: number): Promise<number | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // the name, in brackets, may hold anything; user and system time are the 12th and 13th field after it
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return undefined; // not Linux, or it ended: its exit says so
  }
}
