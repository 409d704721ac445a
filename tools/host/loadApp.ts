import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { App } from "./coreModule";

/** The app cannot run here, for a reason that needs no stack. */
export class UnusableApp extends Error {}

/** Loads every file that the app's package.json `main` matches, runs its appStart hooks and locks registration. */
export async function loadApp(app: App, appDir: string): Promise<void> {
  const manifestFile = path.join(appDir, "package.json");
  if (!existsSync(manifestFile)) throw new UnusableApp(`${manifestFile} is missing: its "main" names the functions.`);
  const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as { main?: string; type?: string };
  if (!manifest.main) throw new UnusableApp(`${manifestFile} has no "main" that names the app's functions.`);
  const files = globSync(manifest.main, { cwd: appDir }).sort();
  if (files.length === 0) {
    throw new UnusableApp(
      `"main" of ${manifestFile} is "${manifest.main}", which matches no file. Has the app been built?`,
    );
  }
  const require = createRequire(manifestFile);
  for (const file of files) {
    const full = path.join(appDir, file);
    const isModule = file.endsWith(".mjs") || (manifest.type === "module" && !file.endsWith(".cjs"));
    if (isModule) await import(pathToFileURL(full).href);
    else require(full);
  }
  await app.runHooks("appStart", { hookData: {}, appHookData: app.appHookData });
  app.isLocked = true;
  if (!app.model || app.functions.size === 0) {
    throw new UnusableApp(`"main" of ${manifestFile} (${manifest.main}) registered no functions.`);
  }
  const capabilities = await app.model.getCapabilities({});
  if (capabilities.HttpUri) {
    throw new UnusableApp("The app turned on HTTP streaming (enableHttpStream), which this host does not offer.");
  }
}
