const hourMs = 3_600_000;
const start = Date.parse("2024-01-01T00:00:00Z");

/** A use case with a time: is the level high at this hour? One small trial, so that a run takes about a second. */
export function hourlySpec(name: string) {
  return {
    name,
    title: "High level",
    columns: {
      Time: { type: "timestamp" },
      level: { type: "number", unit: "cm" },
      wind: { type: "category" },
      state: { type: "category", values: ["low", "high"] },
    },
    time: "Time",
    label: { column: "state", positive: "high" },
    features: ["level", "wind"],
    split: { kind: "time", holdoutFrom: "2024-01-20T00:00:00Z", folds: 1 },
    candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }],
    gates: { bootstrapSamples: 200 },
    selection: { metric: "brier" },
  };
}

/** The rows of hours `from` to `to` (exclusive) as CSV, each level raised by `shift`. */
export function hourlyCsv(from: number, to: number, shift = 0): string {
  const lines = ["Time,level,wind,state"];
  for (let hour = from; hour < to; hour++) {
    const level = 100 + 40 * Math.sin(hour / 5) + 15 * Math.sin(hour * 7.3);
    const isHigh = level + 12 * Math.sin(hour * 3.1) > 105;
    const time = new Date(start + hour * hourMs).toISOString();
    lines.push(`${time},${(level + shift).toFixed(2)},${hour % 3 === 0 ? "west" : "east"},${isHigh ? "high" : "low"}`);
  }
  return `${lines.join("\n")}\n`;
}
