import { parseArgs } from "node:util";
import { type Host, startHost } from "./host";

const usage = `Runs a function app on the development host: an emulator, not the real Azure Functions host.

  node dist/tools/host/main.js [--port N] [--app DIR] [--host-id ID] [--quiet] [--help]

  --port N      the HTTP port on 127.0.0.1 (default 7071; 0 takes any free one)
  --app DIR     the folder of host.json and package.json (default: the current one)
  --host-id ID  names this host's receipts and timers in storage (default: made from the folder)
  --quiet       print no log

AzureWebJobsStorage must hold a storage connection string, in the environment or in local.settings.json.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "7071" },
      app: { type: "string", default: "." },
      "host-id": { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port} is not a port number.`);
  const log = (line: string) => void (values.quiet || process.stdout.write(`${line}\n`));
  const onGivenUp = (message: string) => {
    process.stderr.write(`${message} Fix what crashes it (the log has its output), then start again.\n`);
    process.exit(1);
  };
  const host = await startHost({ appDir: values.app, port, settings: {}, hostId: values["host-id"], log, onGivenUp });
  announce(host);
  const stop = () => void host.stop().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function announce({ url, functions, keys }: Host): void {
  process.stdout.write(
    `Development emulator (not the real Azure Functions host) at ${url}\n` +
      `  functions:    ${functions.join(", ")}\n` +
      `  master key:   ${keys.master}\n` +
      `  function key: ${keys.function}\n`,
  );
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
