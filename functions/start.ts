// biome-ignore-all assist/source/organizeImports: telemetry starts before the storage packages load, so that it sees their calls
import { config, telemetry } from "./telemetry";
import { app as functionApp } from "@azure/functions";
import { createApp, setApp } from "../shared/app";
import { messageOf } from "../shared/errors";
import { sweepTempFolders } from "../shared/process/tempFolders";
import { withTimeLimit } from "../shared/timeLimit";

/** ms; the worker must answer its host soon, and the reconciler tries again what was not done by then */
const preparationLimitMs = 5_000;

const app = createApp(config, telemetry);
setApp(app);
functionApp.hook.appStart(async () => {
  await withTimeLimit(prepared(), preparationLimitMs, () => undefined);
  // of this process, since it was started
  app.serviceCounts.started(performance.now());
});
functionApp.hook.appTerminate(() => app.close());

async function prepared(): Promise<void> {
  const works = {
    "storage could not be prepared": app.prepare,
    "temporary folders could not be swept": sweepTempFolders,
  };
  const tries = Object.entries(works).map(async ([fault, work]) => {
    try {
      await work();
    } catch (error) {
      console.error(`${fault}: ${messageOf(error)}; the reconciler tries again`);
    }
  });
  await Promise.all(tries);
}
