import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import { messageOf } from "../shared/errors";
import { datasetsInbox, modelsInbox } from "../shared/governance/inboxes";
import { packageRoot } from "../shared/packageRoot";
import type { LocalInfo } from "./start/localState";

const help = `npm run drop -- <usecase> <file> [--state DIR]

Puts a dataset (.csv, .csv.gz or .parquet) into the inbox of a running Tidegate, or a model (.onnx) into the model inbox.
The same as uploading it to datasets-inbox/<usecase>/ or models-inbox/<model>/ with any storage tool.

  --state DIR   state folder of the running Tidegate (default .tidegate)
  --help        this text`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { state: { type: "string", default: ".tidegate" }, help: { type: "boolean", default: false } },
  });
  const [usecase, file] = positionals;
  if (values.help) return console.log(help);
  if (usecase === undefined || file === undefined || positionals.length > 2)
    throw new Error(`two arguments are needed\n\n${help}`);
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  if (!statSync(file).isFile()) throw new Error(`${file} is no file`);
  const { storage } = await runningTidegate(path.resolve(packageRoot(), values.state));
  const inbox = file.endsWith(".onnx") ? modelsInbox : datasetsInbox;
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(inbox);
  await container.createIfNotExists();
  await container.getBlockBlobClient(`${usecase}/${path.basename(file)}`).uploadFile(file);
  console.log(`Dropped ${file} into ${inbox}/${usecase}/`);
}

async function runningTidegate(stateFolder: string): Promise<LocalInfo> {
  const file = path.join(stateFolder, "local.json");
  if (!existsSync(file))
    throw new Error(`no Tidegate runs on ${stateFolder}: start one with npm start, or name its folder with --state`);
  return JSON.parse(await readFile(file, "utf8")) as LocalInfo;
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
