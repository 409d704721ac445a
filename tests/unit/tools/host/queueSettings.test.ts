import { expect, test } from "vitest";
import { splitParallelism } from "../../../../tools/host/blobTrigger";
import { poisonQueueName } from "../../../../tools/host/queueTrigger";

// The cases of SharedBlobQueueListenerFactoryTests.cs in https://github.com/Azure/azure-sdk-for-net.
test.each([
  [100, 32, 68],
  [64, 32, 32],
  [63, 32, 31],
  [16, 9, 7],
  [3, 2, 1],
  [2, 2, 0],
  [1, 1, 0],
])("%i blobs at once come in batches of %i, fetched while no more than %i are at work", (count, batch, threshold) => {
  expect(splitParallelism(count)).toEqual({ batchSize: batch, newBatchThreshold: threshold });
});

test.each([
  ["runs", "runs-poison"],
  ["runs-poison", undefined],
  ["poison", "poison-poison"],
  ["a".repeat(56), `${"a".repeat(56)}-poison`],
  ["a".repeat(57), undefined],
])("failing messages of the queue %s go to %s", (name, expected) => {
  expect(poisonQueueName(name)).toBe(expected);
});
