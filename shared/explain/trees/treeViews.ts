import { isAppError } from "../../errors";
import type { ModelVersion } from "../../registry/modelVersion";
import { type TreeView, viewTrees } from "./viewTrees";

const capacity = 4;

export type ReadTrees = { view: TreeView } | { reason: string };

/**
 * Keeps the trees of the most recently explained models: reading them from ONNX bytes takes longer than explaining a
 * row.
 */
export class TreeViews {
  private readonly known = new Map<string, Promise<ReadTrees>>();

  constructor(private readonly source: { bytes(model: string, sha256: string): Promise<Uint8Array> }) {}

  /** The version's trees, or the reason why TreeSHAP cannot explain it. */
  of(version: ModelVersion): Promise<ReadTrees> {
    const key = `${version.model}@${version.version}`;
    const found = this.known.get(key) ?? this.read(version);
    this.known.delete(key); // to the end: most recently used
    this.known.set(key, found);
    if (this.known.size > capacity) this.known.delete(this.known.keys().next().value as string);
    found.catch(() => this.known.delete(key));
    return found;
  }

  private async read({ model, sha256, signature }: ModelVersion): Promise<ReadTrees> {
    const bytes = await this.source.bytes(model, sha256);
    try {
      return { view: viewTrees(bytes, signature) };
    } catch (error) {
      if (!isAppError(error, "rejected")) throw error;
      return { reason: error.message };
    }
  }
}
