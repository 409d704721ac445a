import path from "node:path";
import { parseArgs } from "node:util";
import { defaultState } from "./localCommands";

export interface StartOptions {
  port: number;
  /** whether the port was given explicitly: then it is an error if it is busy, otherwise another one is chosen */
  portGiven: boolean;
  stateFolder: string;
  demo: boolean;
  /** restart the functions when the build changes */
  watch: boolean;
  help: boolean;
}

export const startHelp = `npm start -- [options]

Starts Tidegate on this machine: a storage emulator (Azurite), the development host and, at the first start,
a demonstration that drops the sample dataset, trains a model and scores a row. Ctrl-C stops everything.

  --port N      HTTP port; 0 picks any free port        (default 7071, or a free port if that is busy)
  --state DIR   folder for storage, keys and logs       (default .tidegate)
  --no-demo     start the services only
  --watch       restart the functions when the build changes (npm run dev)
  --help        show this text

While Tidegate runs, DIR/local.json holds {url, functionKey, masterKey, storage, usecases, ready} for scripts (mode
0600). Set TIDEGATE_USECASES to serve the use cases of another folder than models/.`;

/** Reads the command line; throws an Error with one sentence if it is invalid. */
export function readStartOptions(args: string[], root: string): StartOptions {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string" },
      state: { type: "string", default: defaultState },
      "no-demo": { type: "boolean", default: false },
      watch: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const port = Number(values.port ?? 7071);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || values.port === "")
    throw new Error(`--port ${values.port} is not a valid port: use a whole number from 0 to 65535`);
  return {
    port,
    portGiven: values.port !== undefined,
    stateFolder: path.resolve(root, values.state),
    demo: !values["no-demo"],
    watch: values.watch,
    help: values.help,
  };
}
