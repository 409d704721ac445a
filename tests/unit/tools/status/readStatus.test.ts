import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TidegateClient } from "../../../../tools/start/tidegateClient";
import { readStatus } from "../../../../tools/status/readStatus";

const named = (row: string) => [`the row ${row} cannot be read`];
const problem = (error: string) => ({ status: 503, json: { error, code: "corrupt" } });

/** What Tidegate answers; anything else is not there, the container of captured rows among it. */
const answers: Record<string, { status: number; json: object }> = Object.fromEntries(
  Object.entries({
    "/health": { capture: { mode: "buffered" } },
    "/health/ready": { reasons: [] },
    "/datasets": { datasets: [{ version: 1 }], unreadable: named("d") },
    "/inbox": { files: [], unreadable: named("i") },
    "/runs": { runs: [{ id: "fruit.b", status: "training" }], unreadable: named("r") },
    "/models": { models: [{ model: "fruit" }, { model: "lots" }], unreadable: named("m") },
    "/alerts": { alerts: [], unreadable: named("a") },
    "/models/lots/versions/champion": { version: 3 },
  }).map(([path, json]) => [path, { status: 200, json }]),
);
answers["/runs/fruit.b"] = problem("its plan cannot be read");
answers["/models/fruit/versions/champion"] = problem("its alias cannot be read");

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(({ url: path = "" }, response) => {
    const { status, json } = answers[path.split("?", 1)[0]] ?? { status: 404, json: {} };
    response.writeHead(status, { "content-type": "application/json", "x-ms-error-code": "ContainerNotFound" });
    response.end(JSON.stringify(json));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server?.close());

describe("the status of a Tidegate in whose storage something cannot be read", () => {
  it("has what each list leaves out, and the rest of it", async () => {
    const storage = `AccountName=a;AccountKey=YQ==;BlobEndpoint=${url}/a;DefaultEndpointsProtocol=http;`;
    const info = { url, functionKey: "f", masterKey: "m", storage, ready: true, usecases: ["fruit"] };
    const status = await readStatus(info as Parameters<typeof readStatus>[0], new TidegateClient(info));
    expect(status.unreadable).toEqual({
      datasets: named("d"),
      files: named("i"),
      runs: named("r"),
      champions: named("m"),
      alerts: named("a"),
    });
    expect(status.datasets).toEqual([{ version: 1 }]);
    expect(status.openRuns).toEqual([{ id: "fruit.b", status: "training", unreadable: "its plan cannot be read" }]);
    expect(status.champions).toEqual([
      { model: "fruit", unreadable: "its alias cannot be read" },
      { model: "lots", champion: { version: 3 } },
    ]);
  });
});
