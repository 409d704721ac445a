import { z } from "zod";
import { documentType, longList, objectOf, statistic, statisticList, unchanged } from "../documents";
import { selectionMetrics } from "../usecase/selectionSpec";
import { methods } from "./explainRows";
import { isCell } from "./explanationSample";
import type {
  DependenceReport,
  GlobalExplanation,
  ImportanceReport,
  ShapleyReport,
  SurrogateJson,
  SurrogateReport,
} from "./globalExplanation";

const cells = longList(isCell, "a number, a text or null");

const importance = objectOf<ImportanceReport>({
  metric: z.enum(selectionMetrics),
  value: statistic,
  rows: z.number(),
  repeats: z.number(),
  features: z.array(z.object({ feature: z.string(), importance: statistic, deviation: statistic })),
});

const shapley = objectOf<ShapleyReport>({
  method: z.enum(methods),
  fallback: z.string().optional(),
  explains: z.object({ value: z.string(), note: z.string() }),
  rows: z.number(),
  answers: z.array(
    z.object({
      answer: z.string(),
      baseValue: statistic,
      features: z.array(z.object({ feature: z.string(), meanAbsolute: statistic })),
    }),
  ),
});

const dependence = objectOf<DependenceReport>({
  feature: z.string(),
  type: z.enum(["number", "category"]),
  unit: z.string().optional(),
  grid: cells,
  rows: z.number(),
  answers: z.array(z.object({ answer: z.string(), mean: statisticList, some: z.array(statisticList) })),
});

const tree: z.ZodType<SurrogateJson> = z.lazy(() =>
  objectOf<SurrogateJson>({
    rows: z.number(),
    answers: z.record(z.string(), statistic),
    split: objectOf<NonNullable<SurrogateJson["split"]>>({
      feature: z.string(),
      threshold: z.number().optional(),
      values: cells.optional(),
      missing: z.enum(["left", "right"]).optional(),
      left: tree,
      right: tree,
    }).optional(),
  }),
);

const surrogate = objectOf<SurrogateReport>({
  fidelity: z.object({
    rows: z.number(),
    answers: z.array(z.object({ answer: z.string(), r2: z.number().nullable() })),
    labelAgreement: statistic.optional(),
  }),
  fittedRows: z.number(),
  rules: z.array(z.string()),
  tree,
});

/** What a model version relies on, a blob of container `explanations`. */
export const globalDocument = documentType(
  objectOf<Omit<GlobalExplanation, "notShownBetter">>({
    model: z.string(),
    version: z.int().min(1),
    background: z.object({ rows: z.number(), source: z.string() }),
    kind: z.enum(["probability", "value"]),
    answers: z.array(z.string()),
    importance: importance.optional(),
    shapley,
    dependence: z.array(dependence),
    surrogate,
  }),
  [unchanged],
);
