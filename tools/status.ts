import { parseArgs } from "node:util";
import { messageOf } from "../shared/errors";
import { defaultState } from "./start/localCommands";
import { runningTidegate } from "./start/runningTidegate";
import { readStatus } from "./status/readStatus";
import { statusLines } from "./status/statusLines";

const help = `npm run status -- [options]

Shows the state of a running Tidegate in about ten lines: address, storage, waiting files, datasets, runs with their
progress, the metric of each champion and its baselines, open alerts, and the last predictions.

  --state DIR   state folder of the running Tidegate (default .tidegate)
  --help        show this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { state: { type: "string", default: defaultState }, help: { type: "boolean", default: false } },
  });
  if (values.help) return console.log(help);
  const { info, client } = await runningTidegate(values.state);
  const status = await readStatus(info, client);
  for (const line of statusLines(status, new Date())) console.log(line);
}

main().catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
