/** What `npm run start:func` found on the machine. */
export interface FuncEnvironment {
  /** as printed by `func --version`; undefined if there is no func */
  version: string | undefined;
  storage: string | undefined;
  /** ports of the storage emulator on which nothing listens */
  silentPorts: number[];
}

/** Why `func start` would fail, and what to do; undefined if no reason is known. */
export function whyFuncCannotStart({ version, storage, silentPorts }: FuncEnvironment): string | undefined {
  if (version === undefined)
    return "func is not on the PATH: install the Azure Functions Core Tools, https://learn.microsoft.com/azure/azure-functions/functions-run-local";
  if (!/^4\./.test(version))
    return `the version of the Azure Functions Core Tools is ${version}: install the latest version 4, which supports this Node version (${process.version})`;
  if (storage === "UseDevelopmentStorage=true" && silentPorts.length > 0)
    return `no storage emulator listens on ${silentPorts.join(", ")}: start it in another terminal with: npx azurite --skipApiVersionCheck --location .azurite`;
  return undefined;
}
