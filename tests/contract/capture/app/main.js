/** Records requests as the scoring endpoint does and says each one's number once it is answered, until it is killed: main.js CONNECTION INSTANCE MODE */
const { createBlobStore } = require("../../../../dist/shared/azure/blobs");
const { connectStorage } = require("../../../../dist/shared/azure/connection");
const { InferenceLog } = require("../../../../dist/shared/capture/inferenceLog");

const [, , connectionString, instance, mode] = process.argv;
const log = new InferenceLog({
  blobs: createBlobStore(connectStorage({ kind: "connectionString", connectionString }).blobs),
  clock: { now: () => new Date() },
  instance,
  reports: {
    lost: () => {},
    failed: (reason) => console.error(reason),
    written: () => process.send(["written", Date.now()]),
  },
  durable: mode === "durable",
  replyWaitMs: 60_000,
});

async function answer(number) {
  const entry = { id: String(number), model: `kills-${mode}`, version: 1, status: 200, latencyMs: 1, rows: 1 };
  await log.record({ ...entry, route: "champion", inputs: `{"data":[[${number}]]}`, outputs: '{"value":[1]}' });
  process.send([number, Date.now()]);
}

/** Four callers, each with its next request once it has the answer to the one before. */
async function call(first) {
  for (let number = first; ; number += 4) {
    await answer(number);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
for (let caller = 0; caller < 4; caller++) void call(caller);
