import type { Usecase } from "../../shared/usecase/loadUsecases";
import type { DemoOutcome } from "./demo";
import { localCommands } from "./localCommands";
import type { LocalInfo } from "./localState";

/** Prints the demonstration's answer and the curl command that requests it again. */
export function explainDemo(outcome: DemoOutcome, example: object, info: LocalInfo): void {
  const pin = outcome.promoted ? "" : ` \\\n  -H 'x-tidegate-version: ${outcome.version}'`;
  const version = `${info.url}/models/${outcome.usecase}/versions/${outcome.version}`;
  console.log(`
Scored a row: ${JSON.stringify(outcome.reply)}

Score it again:
curl -s -X POST ${info.url}/score/${outcome.usecase} \\
  -H 'x-functions-key: ${info.functionKey}'${pin} \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify({ rows: [example] })}'

View the model in a browser:
  model card         ${version}/card?code=${info.functionKey}
  explanation        ${version}/explain?code=${info.functionKey}`);
}

/** Prints where everything is, and what to try next. */
export function showAddresses(
  info: LocalInfo,
  storagePorts: number[],
  folder: string,
  usecases: Map<string, Usecase>,
): void {
  const [blob, queue, table] = storagePorts;
  const commands = localCommands(folder);
  const names = [...usecases.keys()].join(", ");
  console.log(`
Tidegate is running (use cases: ${names})
  address       ${info.url}
  function key  ${info.functionKey}   (for scoring and reading; header x-functions-key)
  master key    ${info.masterKey}   (for changes and /admin)
  storage       127.0.0.1, blob ${blob}, queue ${queue}, table ${table}
  state         ${folder}   (host.log; local.json with all of this for scripts)

Try next
  drop a dataset     ${commands.drop("<usecase>", "<file.csv>")}
  current status     ${commands.status}
  runs               curl -s ${info.url}/runs -H 'x-functions-key: ${info.functionKey}'
  models             curl -s ${info.url}/models -H 'x-functions-key: ${info.functionKey}'
  check for drift    curl -s -X POST ${info.url}/admin/functions/drift -H 'x-functions-key: ${info.masterKey}' -H 'content-type: application/json' -d '{}'
  alerts             curl -s ${info.url}/alerts -H 'x-functions-key: ${info.functionKey}'

New events are shown here. Ctrl-C stops everything; the next start continues where this one stopped.`);
}
