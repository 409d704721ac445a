import type { SpecFault } from "./specFault";
import type { SpecFields } from "./specFields";

/**
 * Something that must hold between fields of a spec; it is looked at where each field that it needs is sound by itself.
 */
export interface SpecRule {
  needs: readonly (keyof SpecFields)[];
  check(spec: SpecFields, fault: SpecFault): void;
}
