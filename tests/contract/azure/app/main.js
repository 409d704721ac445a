// A process of its own that starts telemetry as functions/start.ts does, then plays the scenario named on its command line.
const path = require("node:path");

const dist = (file) => require(path.resolve("dist/shared", file));
const [, , scenario, settings, storage, secret] = process.argv;
const telemetry = dist("azure/telemetry.js").startTelemetry(JSON.parse(settings));
// the storage packages load after telemetry, which patches them
const { connectStorage } = dist("azure/connection.js");
const { createBlobStore } = dist("azure/blobs.js");
const { BlobClient, ContainerSASPermissions } = require("@azure/storage-blob");

const caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const http = { method: "POST", route: "score/{model?}" };
const blobs = () => createBlobStore(connectStorage({ kind: "connectionString", connectionString: storage }).blobs);

const scenarios = {
  async everything() {
    const store = blobs();
    await telemetry.invocation({ functionName: "score", invocationId: "i-1", traceParent: caller, http }, async () => {
      await store.create("telemetry", "kept", secret);
      await store.create("telemetry", "kept", secret);
      await store.read("telemetry", "absent");
      for await (const _ of store.list("telemetry", secret));
      telemetry.event("dataset.registered", { usecase: "coffee" }, { rowCount: 3 });
      telemetry.metric("scoring.latencyMs", 2, { model: "coffee" });
      telemetry.metric("scoring.latencyMs", 4, { model: "coffee" });
      return { status: 200, jsonBody: { secret } };
    });
    await telemetry.invocation({ functionName: "readBySignature", invocationId: "i-2" }, async () => {
      const { blobs } = connectStorage({ kind: "connectionString", connectionString: storage });
      const container = blobs.getContainerClient("telemetry");
      const url = await container
        .getBlobClient("kept")
        .generateSasUrl({ permissions: ContainerSASPermissions.parse("r"), expiresOn: new Date(Date.now() + 60_000) });
      await new BlobClient(url).downloadToBuffer();
    });
    const failing = { functionName: "trainCandidate", invocationId: "i-3" };
    await telemetry.invocation(failing, async () => fail(`row 3 holds\n    at ${secret} (row:3:1)`)).catch(() => {});
    const refused = Object.assign(new Error(secret), { status: 400 });
    await telemetry
      .invocation({ functionName: "refusing", invocationId: "i-4", http: { ...http, route: "refusing" } }, () =>
        Promise.reject(refused),
      )
      .catch(() => {});
  },

  /** 400 requests at once; one in twenty calls storage, one in twenty throws, one in twenty answers 500. */
  async crowd() {
    const store = blobs();
    const one = (index) =>
      telemetry.invocation({ functionName: "score", invocationId: `i-${index}`, http }, async () => {
        if (index % 20 === 0) await store.read("telemetry", "absent");
        telemetry.event("alias.moved", { index });
        if (index % 20 === 10) throw new Error(secret);
        return { status: index % 20 === 15 ? 500 : 200 };
      });
    await Promise.allSettled(Array.from({ length: 400 }, (_, index) => one(index)));
  },

  async hosted() {
    const store = blobs();
    const invocation = { functionName: "score", invocationId: "i-1", traceParent: caller, http };
    await telemetry.invocation(invocation, async () => {
      await store.read("telemetry", "absent");
      telemetry.event("alias.moved");
    });
  },

  async burst() {
    for (let index = 0; index < 1_500; index++) telemetry.event("drift.checked", { index });
  },

  async unanswered() {
    telemetry.event("alias.moved");
    await telemetry.flush();
    console.log("went on");
    process.exit(0);
  },

  async nothing() {
    telemetry.event("alias.moved");
    telemetry.metric("scoring.latencyMs", 1);
    await telemetry.flush();
    const loaded = Object.keys(require.cache).filter((file) => /applicationinsights|monitor-opentelemetry/.test(file));
    console.log(JSON.stringify({ loaded, answer: await telemetry.invocation({}, async () => 42) }));
  },
};

function fail(message) {
  throw new TypeError(message);
}

scenarios[scenario]().then(() => telemetry.flush());
