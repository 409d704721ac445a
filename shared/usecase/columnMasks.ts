import { createHmac } from "node:crypto";
import { ownValue } from "../ownValue";
import type { SpecFields } from "./specFields";
import type { SpecRule } from "./specRule";

/** How the cells of a sensitive column are captured. */
export interface ColumnMask {
  mode: "hash" | "omit";
  /** What is captured in place of a cell. */
  mask(cell: unknown): unknown;
}

type Declared = Pick<SpecFields, "columns" | "derived">;

const none: ReadonlyMap<string, ColumnMask> = new Map();
const hashChars = 32;

/** Masks for the sensitive columns of use cases, and for what is derived from them. */
export class ColumnMasks {
  private readonly known = new WeakMap<Declared, ReadonlyMap<string, ColumnMask>>();

  /** `hashKey` is the setting TIDEGATE_HASH_KEY; a use case that needs it is refused without it. */
  constructor(private readonly hashKey?: string) {}

  /** The masks of a use case by column and derived feature; none where nothing is sensitive. */
  of(spec: Declared): ReadonlyMap<string, ColumnMask> {
    let masks = this.known.get(spec);
    if (masks === undefined) {
      masks = this.masksOf(spec);
      this.known.set(spec, masks); // asked for in every request
    }
    return masks;
  }

  private masksOf(spec: Declared): ReadonlyMap<string, ColumnMask> {
    const names = [...Object.keys(spec.columns), ...Object.keys(spec.derived)];
    const masks = names.flatMap((name): [string, ColumnMask][] => {
      const mode = sensitivityOf(spec, name);
      return mode === undefined ? [] : [[name, { mode, mask: mode === "omit" ? () => null : this.hashOf(name) }]];
    });
    return masks.length === 0 ? none : new Map(masks);
  }

  /** Equal cells of a column have equal hashes, which nobody without the key can make; a missing cell stays missing. */
  private hashOf(column: string): (cell: unknown) => unknown {
    const { hashKey } = this;
    if (hashKey === undefined) throw new Error("a column is hashed, and there is no key");
    return (cell) => {
      if (cell === null || cell === undefined || cell === "") return null;
      const text = typeof cell === "string" ? cell.trim() : JSON.stringify(cell);
      const hash = createHmac("sha256", hashKey)
        .update(JSON.stringify([column, text]))
        .digest("hex");
      return `hmac:${hash.slice(0, hashChars)}`;
    };
  }
}

function sensitivityOf({ columns, derived }: Declared, name: string): "hash" | "omit" | undefined {
  const column = ownValue(columns, ownValue(derived, name)?.column ?? name);
  return column?.sensitive;
}

/** Refuses a use case whose columns are hashed where there is no key to hash with. */
export function hashKeyRule(hashKey: string | undefined): SpecRule {
  return {
    needs: ["columns"],
    check: ({ columns }, fault) => {
      if (hashKey !== undefined) return;
      for (const [name, { sensitive }] of Object.entries(columns))
        if (sensitive === "hash")
          fault(["columns", name, "sensitive"], "hashing needs a key: set TIDEGATE_HASH_KEY to a long random text");
    },
  };
}
