import { z } from "zod";
import { channelsSpec } from "../alerts/channels/registry";
import { monitorsSpec } from "../monitoring/signals/registry";
import { entityName, entityNameRule } from "../names";
import { cardSpec } from "./cardSpec";
import { checksSpec } from "./checksSpec";
import { columnsSpec } from "./columnSpec";
import { derivedSpec } from "./derivedSpec";
import { evaluationSpec } from "./evaluationSpec";
import { gatesSpec } from "./gatesSpec";
import { classWeightsSpec, labelSpec } from "./labelSpec";
import { limitsSpec } from "./limitsSpec";
import { policiesSpec } from "./policiesSpec";
import { retentionSpec } from "./retentionSpec";
import { candidateSpec, searchSpec } from "./searchSpec";
import { baselinesSpec, selectionSpec } from "./selectionSpec";
import { splitSpec } from "./splitSpec";

const name = z.string().regex(entityName, entityNameRule);

const scoring = z.strictObject({
  /**
   * what a request's sentinel, number out of range or unknown category does: it counts as missing with a warning in the
   * reply, or refuses the request
   */
  invalid: z.enum(["warn", "reject"]).default("warn"),
});

/** Every field of a `usecase.json` by itself; what must hold between sections is in specConsistency.ts. */
export const specFields = z.strictObject({
  $schema: z.string().optional(),
  name,
  title: z.string().min(1),
  description: z.string().default(""),
  columns: columnsSpec,
  time: z.string().optional(),
  entity: z.string().optional(),
  label: labelSpec,
  /** the label is the state this many hours after the row; without it the row's own */
  horizonHours: z.number().positive().optional(),
  /** features that are computed, from the history of the row's entity or from one column; name -> how */
  derived: z.record(z.string().min(1), derivedSpec).default({}),
  /** model inputs in signature order: columns and derived features */
  features: z.array(z.string()).min(1),
  split: splitSpec,
  candidates: z.array(candidateSpec).min(1),
  search: searchSpec.prefault({}),
  classWeights: classWeightsSpec.optional(),
  selection: selectionSpec,
  baselines: baselinesSpec.optional(),
  decisionThreshold: z.number().gt(0).lt(1).default(0.5),
  gates: gatesSpec.prefault({}),
  evaluation: evaluationSpec.optional(),
  scoring: scoring.prefault({}),
  monitors: monitorsSpec.prefault({}),
  policies: policiesSpec.prefault({}),
  /** which alerts are told by which channel */
  channels: channelsSpec.prefault({}),
  limits: limitsSpec.prefault({}),
  retention: retentionSpec.prefault({}),
  card: cardSpec.prefault({}),
  checks: checksSpec.prefault({}),
  seed: z.int().min(0).default(1),
  /** path of a dataset, relative to the spec, that the first start drops as a demonstration */
  sample: z.string().optional(),
  /** one row (feature -> value) that the first start scores */
  example: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).optional(),
});

export type SpecFields = z.infer<typeof specFields>;
