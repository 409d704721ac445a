import { barChart } from "../charts/barChart";
import { lineChart } from "../charts/lineChart";
import type { ClassCurves } from "../evaluation/classCurves";
import { figure } from "../figure";

/** The charts of one class against the rest: ROC, precision and recall, calibration, lift; those that it has. */
export function curveCharts({ class: name, roc, precisionRecall, calibration, lift }: ClassCurves): string[] {
  return [
    ...(roc ? [rocChart(name, roc)] : []),
    ...(precisionRecall ? [precisionRecallChart(name, precisionRecall)] : []),
    calibrationChart(name, calibration),
    barChart({
      title: `Lift by tenth: ${name}`,
      valueLabel: `times as many ${name} as on average`,
      bars: lift.map((row) => ({ label: `tenth ${row.part}`, value: row.lift })),
    }),
  ];
}

function rocChart(name: string, { falsePositiveRate, truePositiveRate }: NonNullable<ClassCurves["roc"]>): string {
  return lineChart({
    title: `ROC curve: ${name}`,
    description: `Share of actual ${name} found against false alarms.`,
    xLabel: "false positive rate",
    yLabel: "true positive rate",
    lines: [
      { label: name, x: falsePositiveRate, y: truePositiveRate },
      { label: "chance", x: [0, 1], y: [0, 1], dashed: true },
    ],
  });
}

function precisionRecallChart(
  name: string,
  { recall, precision }: NonNullable<ClassCurves["precisionRecall"]>,
): string {
  return lineChart({
    title: `Precision and recall: ${name}`,
    description: `The share of rows called ${name} that are ${name}, against the share of ${name} that is found.`,
    xLabel: "recall",
    yLabel: "precision",
    yLow: 0,
    yHigh: 1,
    lines: [{ label: name, x: recall, y: precision }],
  });
}

function calibrationChart(name: string, { equalMass, error }: ClassCurves["calibration"]): string {
  return lineChart({
    title: `Calibration: ${name}`,
    description: `Observed share against predicted probability; expected calibration error ${figure(error.equalMass)} over bins of equal mass.`,
    xLabel: `predicted probability (error ${figure(error.equalMass)})`,
    yLabel: "share observed",
    lines: [
      { label: name, x: equalMass.map((bin) => bin.meanProbability), y: equalMass.map((bin) => bin.frequency) },
      { label: "perfect", x: [0, 1], y: [0, 1], dashed: true },
    ],
  });
}
