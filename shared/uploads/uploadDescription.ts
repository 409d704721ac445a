import { z } from "zod";
import { AppError } from "../errors";
import { modelsInbox } from "../inbox/inboxes";
import { inputFaults } from "../inputFaults";
import { jsonFault } from "../jsonFault";
import type { BlobStore } from "../ports";

const names = (what: string) =>
  z
    .array(z.string().min(1).max(200))
    .max(10_000)
    .refine((list) => new Set(list).size === list.length, `${what} must differ from each other`);

const description = z.strictObject({
  /** what the float output holds: probabilities (the default), or logits, which a softmax is added to */
  output: z.enum(["probabilities", "logits"]).optional(),
  /** class names in the order of the output's columns */
  classes: names("classes").min(2).optional(),
  /** feature names in the order of the graph's columns */
  features: names("features").min(1).optional(),
});

/** What the .json beside an uploaded model says about it. */
export type UploadDescription = z.infer<typeof description>;

const maxBytes = 2 ** 20;

/** The name of the description of a model's file. */
export function descriptionName(file: string): string {
  return file.replace(/\.onnx$/, ".json");
}

/** The description next to a model in the inbox; undefined if there is none. AppError rejected says what is wrong. */
export async function readDescription(
  blobs: BlobStore,
  { model, file }: { model: string; file: string },
): Promise<UploadDescription | undefined> {
  const name = descriptionName(file);
  const bytes = await blobs.read(modelsInbox, `${model}/${name}`);
  if (bytes === undefined) return undefined;
  if (bytes.byteLength > maxBytes) throw new AppError("rejected", `${name} has more than 1 MB`);
  const parsed = description.safeParse(parse(name, Buffer.from(bytes).toString("utf8")));
  if (parsed.success) return parsed.data;
  const faults = inputFaults(parsed.error.issues).map(({ path, message }) => (path ? `${path}: ${message}` : message));
  throw new AppError("rejected", `${name}: ${faults.slice(0, 5).join("; ")}`);
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { line, column, message } = jsonFault(text);
    throw new AppError("rejected", `${name} is not valid JSON (line ${line}, column ${column}): ${message}`, { cause });
  }
}
