import { AppError, messageOf } from "../errors";

/** what the database says of its own limits or of our SQL; anything else it says while it reads is about the file */
const notTheFile =
  /^(Binder|Catalog|Parser|Out of Memory|Internal|Permission|FATAL|INTERRUPT|Not implemented)|No space left/i;

/** what the reader says, and what it means to who dropped the file */
const meanings: [RegExp, string][] = [
  [/magic bytes|too small to be/i, "it is not a Parquet file, or its end is missing: upload the whole file"],
  [/encrypt/i, "it is encrypted: write it without encryption"],
  [
    /codec|compression/i,
    "it is compressed in a way that cannot be read here: write it with Snappy, Zstandard, gzip or none",
  ],
];
const damaged = "it is damaged, or written in a way that cannot be read here: write it again";

/** Whether the database needed more memory and disk than it may take. */
export function isOutOfMemory(error: unknown): boolean {
  return /^Out of Memory Error/.test(messageOf(error));
}

/**
 * Runs `work`, which reads a file; the reader's complaints about the file become AppError rejected in our words, other
 * errors pass.
 */
export async function readingFile<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const message = messageOf(cause);
    if (cause instanceof AppError || notTheFile.test(message) || !/^[A-Z][\w ]* Error:/i.test(message)) throw cause;
    const [, meaning] = meanings.find(([words]) => words.test(message)) ?? [undefined, damaged];
    throw new AppError("rejected", `the file cannot be read: ${meaning}`, { cause });
  }
}
