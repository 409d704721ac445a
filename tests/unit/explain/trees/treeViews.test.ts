import { describe, expect, it } from "vitest";
import { TreeViews } from "../../../../shared/explain/trees/treeViews";
import { GraphBuilder } from "../../../../shared/onnx/graph";
import type { ModelVersion } from "../../../../shared/registry/modelVersion";

const bytes = new GraphBuilder("no trees").toBytes({});
const version = (number: number) => ({ model: "m", version: number, sha256: "", signature: {} }) as ModelVersion;

describe("the trees that are kept", () => {
  it("are read once for each of the last four versions, even if two callers ask at once", async () => {
    let reads = 0;
    const views = new TreeViews({
      bytes: async () => {
        reads++;
        return bytes;
      },
    });
    const both = await Promise.all([views.of(version(1)), views.of(version(1))]);
    expect(both[0]).toEqual({ reason: expect.stringContaining("0 tree ensembles") });
    for (const number of [2, 3, 4, 1, 4]) await views.of(version(number));
    expect(reads).toBe(4);
    await views.of(version(5)); // in place of 2, unused for longest
    await views.of(version(1));
    expect(reads).toBe(5);
    await views.of(version(2));
    expect(reads).toBe(6);
  });

  it("are read again after a storage failure", async () => {
    let fails = true;
    const views = new TreeViews({
      bytes: async () => {
        if (fails) throw new Error("away");
        return bytes;
      },
    });
    await expect(views.of(version(1))).rejects.toThrow("away");
    fails = false;
    expect(await views.of(version(1))).toHaveProperty("reason");
  });
});
