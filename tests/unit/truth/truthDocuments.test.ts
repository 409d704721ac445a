import fc from "fast-check";
import type { OutcomeProfile, ScoreBins, SliceValues } from "../../../shared/monitoring/outcomeProfile";
import { type DayOutcomes, dayOutcomeDocument, type KeptHour } from "../../../shared/truth/dayOutcomes";
import type { Truth } from "../../../shared/truth/truth";
import { truthLines } from "../../../shared/truth/truthDocument";
import { count, documentSuite, objects, real, text, texts } from "../../support/documentSuite";

const few = { maxLength: 3 };
const reals = fc.array(real, few);
const sums = { sumError: real, sumAbsolute: real, sumSquares: real, sumTruth: real, sumTruthSquares: real };
const bySlice = <T>(value: fc.Arbitrary<T>) => fc.dictionary(text, value, { maxKeys: 2, noNullPrototype: true });
const required = ["sumError", "sumAbsolute", "sumSquares", "sumTruth", "sumTruthSquares"] as const;

documentSuite("a truth", {
  type: truthLines,
  samples: objects<Truth>(["label", "at", "place", "source"], {
    requestId: text,
    row: count,
    time: text,
    entity: text,
    label: fc.oneof(text, real),
    raw: text,
    at: text,
    place: count,
    source: text,
  }),
  broken: [
    ["label", (document) => delete document.label],
    ["at", (document) => Object.assign(document, { at: 1 })],
    ["row", (document) => Object.assign(document, { row: -1 })],
  ],
});

documentSuite("the outcomes of a day", {
  type: dayOutcomeDocument,
  samples: objects<DayOutcomes>(["hours"], {
    hours: fc.array(
      objects<KeptHour>(["hour", "rowHours", "fingerprint", "outcomes"], {
        hour: text,
        rowHours: texts,
        fingerprint: text,
        outcomes: objects<OutcomeProfile>(
          [
            ...(["predictions", "labelled", "classes", "confusion", "scores"] as const),
            ...(["sumBrier", "sumLogLoss", "wrongInOrder", "slices"] as const),
          ],
          {
            predictions: count,
            labelled: count,
            classes: texts,
            confusion: fc.array(reals, few),
            scores: bySlice(
              objects<ScoreBins>(["rows", "sums", "labelled", "positives"], {
                rows: reals,
                sums: reals,
                labelled: reals,
                positives: reals,
              }),
            ),
            sumBrier: real,
            sumLogLoss: real,
            values: objects(required, sums),
            wrongInOrder: text,
            slices: bySlice(fc.array(reals, few)),
            sliceValues: bySlice(objects<SliceValues>(["rows", ...required], { rows: count, ...sums })),
          },
        ),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  broken: [
    ["hours", (document) => delete document.hours],
    ["hours.0.fingerprint", (document) => delete document.hours[0].fingerprint],
    ["hours.0.outcomes.labelled", (document) => delete document.hours[0].outcomes.labelled],
  ],
});
