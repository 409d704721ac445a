import { expect, it, vi } from "vitest";
import { App, createCoreModule, supplyCoreModule } from "../../tools/host/coreModule";
import { loadApp } from "../../tools/host/loadApp";

it("starts while storage is away, and says what it could not prepare", async () => {
  // a port on which nothing listens
  const at = (service: string) => `${service}Endpoint=http://127.0.0.1:9/account`;
  const endpoints = ["Blob", "Queue", "Table"].map(at).join(";");
  process.env.AzureWebJobsStorage = `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5;${endpoints}`;
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const app = new App();
  supplyCoreModule(createCoreModule(app));
  await loadApp(app, process.cwd());
  expect(app.functions.has("registerDataset")).toBe(true);
  await expect
    .poll(() => told.mock.calls.flat().join())
    .toMatch(/storage could not be prepared: .*; the reconciler tries again/);
  told.mockRestore();
  await app.runHooks("appTerminate", {});
});
