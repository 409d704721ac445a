import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import { messageOf } from "../shared/errors";
import { datasetsInbox, feedbackInbox, modelsInbox } from "../shared/inbox/inboxes";
import { modelName } from "../shared/registry/modelVersion";
import { awaitVerdict, type Dropped, lastJudgedAt } from "./drop/awaitVerdict";
import { verdictLines } from "./drop/verdictLines";
import { defaultState, localCommands } from "./start/localCommands";
import { runningTidegate } from "./start/runningTidegate";
import type { TidegateClient } from "./start/tidegateClient";

const help = `npm run drop -- <usecase> <file> [options]

Drops a dataset (.csv, .csv.gz or .parquet) into the datasets inbox of a running Tidegate, or a model (.onnx) into
its models inbox, and shows the outcome: the new version, or the reasons for the refusal. The exit code is 0 only if
the file was accepted. A description of a model, a .json of the same name next to it, is dropped with it. Uploading
to datasets-inbox/<usecase>/ or models-inbox/<model>/ with any storage tool has the same effect.

  --feedback    the file tells what became true of a model's predictions (docs/feedback.md)
  --no-wait     do not wait for the verdict (npm run status shows it later)
  --state DIR   state folder of the running Tidegate (default .tidegate)
  --help        show this text`;

const datasetEndings = [".csv", ".csv.gz", ".parquet"];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      feedback: { type: "boolean", default: false },
      "no-wait": { type: "boolean", default: false },
      state: { type: "string", default: defaultState },
      help: { type: "boolean", default: false },
    },
  });
  const [name, file] = positionals;
  if (values.help) return console.log(help);
  if (name === undefined || file === undefined || positionals.length > 2)
    throw new Error(`two arguments are needed: <usecase> and <file>\n\n${help}`);
  const inbox = inboxFor(file, values.feedback);
  const { info, client } = await runningTidegate(values.state);
  await checkName(client, inbox, name);
  const dropped: Dropped = { inbox, folder: name, file: path.basename(file), sha256: sha256Of(file) };
  const before = await lastJudgedAt(client, dropped);
  const description = file.replace(/\.onnx$/, ".json");
  if (inbox === modelsInbox && existsSync(description)) {
    await upload(info.storage, { ...dropped, file: path.basename(description) }, description);
    console.log(`Dropped ${description}, which describes the model, into ${inbox}/${name}/`);
  }
  await upload(info.storage, dropped, file);
  console.log(`Dropped ${file} into ${inbox}/${name}/`);
  const commands = localCommands(values.state);
  if (values["no-wait"]) return console.log(`${commands.status} shows the outcome`);
  const verdict = await awaitVerdict(client, dropped, before, commands);
  for (const line of await verdictLines(client, verdict, commands)) console.log(line);
  if (verdict.status !== "accepted") process.exitCode = 1;
}

/** The inbox for a file, by its name; throws if the file does not exist, or if no inbox accepts its kind. */
function inboxFor(file: string, isFeedback: boolean): string {
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  if (!statSync(file).isFile()) throw new Error(`${file} is not a file`);
  if (file.endsWith(".onnx")) return modelsInbox;
  if (datasetEndings.some((ending) => file.toLowerCase().endsWith(ending)))
    return isFeedback ? feedbackInbox : datasetsInbox;
  throw new Error(
    `${file} is neither a dataset nor a model: the name must end in ${datasetEndings.join(", ")} or .onnx`,
  );
}

/** Throws if there is no use case of this name, or if the name is not allowed for a model. */
async function checkName(client: TidegateClient, inbox: string, name: string): Promise<void> {
  if (inbox !== modelsInbox) await client.require(`/datasets?limit=1&usecase=${encodeURIComponent(name)}`);
  else if (!modelName.safeParse(name).success) throw new Error(modelName.safeParse(name).error!.issues[0].message);
}

function sha256Of(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

async function upload(storage: string, { inbox, folder, file }: Dropped, source: string): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(inbox);
  try {
    await container.createIfNotExists();
    await container.getBlockBlobClient(`${folder}/${file}`).uploadFile(source);
  } catch (cause) {
    const { code } = cause as { code?: string };
    throw new Error(`${source} could not be uploaded to storage (${code ?? messageOf(cause)})`, { cause });
  }
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
