import { AppError, messageOf } from "../errors";

/** what the database says of its own limits or of our SQL; anything else it says while it reads is about the file */
const notTheFile =
  /^(Binder|Catalog|Parser|Out of Memory|Internal|Permission|FATAL|INTERRUPT|Not implemented)|No space left/i;

/** Runs `work`, which reads `file`; the reader's complaints about the file become AppError rejected, other errors pass. */
export async function readingFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const message = messageOf(cause);
    if (cause instanceof AppError || notTheFile.test(message) || !/^[A-Z][\w ]* Error:/i.test(message)) throw cause;
    throw new AppError("rejected", `the file cannot be read: ${inShort(message, file)}`, { cause });
  }
}

/** The reader's own words without the path of the temporary file, copies of its rows, and advice about its options. */
function inShort(message: string, file: string): string {
  return message
    .replaceAll(file, "the file")
    .replace(/Original Line:[^\n]*\n[^\n]*\n/, "")
    .split("\n\n")[0]
    .split(/possible (?:fixes|solution)/i)[0]
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 300);
}
