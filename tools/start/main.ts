import { messageOf } from "../../shared/errors";
import { packageRoot } from "../../shared/packageRoot";
import { readStartOptions, startHelp } from "./startOptions";
import { Tidegate } from "./tidegate";

async function main(): Promise<void> {
  const root = packageRoot();
  const options = readStartOptions(process.argv.slice(2), root);
  if (options.help) {
    console.log(startHelp);
    return;
  }
  const tidegate = new Tidegate(root, options);
  const stop = () => {
    tidegate.stop().then(
      () => process.exit(process.exitCode ?? 0),
      (error) => fail(error),
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  try {
    await tidegate.start();
  } catch (error) {
    if (tidegate.isStopping) return; // stopping interrupted what it was doing
    process.exitCode = 1;
    console.error(`Tidegate did not start: ${messageOf(error)}`);
    stop();
  }
}

function fail(error: unknown): never {
  console.error(`Tidegate: ${messageOf(error)}`);
  process.exit(1);
}

main().catch(fail);
