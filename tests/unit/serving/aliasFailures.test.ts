import { describe, expect, it } from "vitest";
import { tellOfFailures } from "../../../shared/serving/aliasFailures";
import { RecordedTelemetry } from "../../support/recordedTelemetry";

describe("an alias that cannot be read", () => {
  it("is counted each time and logged at most every half minute, separately for each alias", () => {
    const state = { nowMs: 0, log: [] as string[] };
    const telemetry = new RecordedTelemetry();
    const tell = tellOfFailures(
      telemetry,
      (line) => state.log.push(line),
      () => state.nowMs,
    );
    const failure = { model: "fruit", alias: "champion", serving: 3, reason: "storage is away" };
    for (state.nowMs = 0; state.nowMs <= 30_000; state.nowMs += 10_000) tell(failure);
    tell({ ...failure, alias: "challenger", serving: undefined });
    const name = "alias.readFailures";
    expect(telemetry.metrics).toEqual([
      ...new Array(4).fill({ name, value: 1, attributes: { model: "fruit", alias: "champion" } }),
      { name, value: 1, attributes: { model: "fruit", alias: "challenger" } },
    ]);
    const champion =
      "scoring: cannot read which version is the champion of fruit; version 3 keeps answering (storage is away)";
    expect(state.log).toEqual([
      champion,
      champion,
      "scoring: cannot read which version is the challenger of fruit; no version answers for it (storage is away)",
    ]);
  });
});
