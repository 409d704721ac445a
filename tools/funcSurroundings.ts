/** What this command found on the machine. */
export interface FuncSurroundings {
  /** as `func --version` tells it; undefined where there is no func */
  version: string | undefined;
  storage: string | undefined;
  /** ports of the storage emulator on which nothing listens */
  silentPorts: number[];
}

/** Why `func start` would not work, and what to do; undefined when nothing is known against it. */
export function whyFuncCannotStart({ version, storage, silentPorts }: FuncSurroundings): string | undefined {
  if (version === undefined)
    return "func is not on the PATH: install the Azure Functions Core Tools, https://learn.microsoft.com/azure/azure-functions/functions-run-local";
  if (!/^4\./.test(version))
    return `the Azure Functions Core Tools are ${version}: install the newest version 4, which has a worker for this Node (${process.version})`;
  if (storage === "UseDevelopmentStorage=true" && silentPorts.length > 0)
    return `no storage answers on ${silentPorts.join(", ")}: start it in another terminal with: npx azurite --skipApiVersionCheck --location .azurite`;
  return undefined;
}
