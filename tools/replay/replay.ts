import { setTimeout as pause } from "node:timers/promises";
import type { Alert } from "../../shared/alerts/alert";
import { ownValue } from "../../shared/ownValue";
import type { MonitoringReport } from "../../shared/report/monitoringReport";
import { monitoringReport } from "../../shared/report/readReport";
import { dayMs, hourMs } from "../../shared/time";
import type { UsecaseSpec } from "../../shared/usecase/usecaseSpec";
import type { InjectedFault } from "./faults";
import { csvOf, type ReplayRow } from "./replayRows";
import { SimulatedApp } from "./simulatedApp";

export interface ReplayOptions {
  spec: UsecaseSpec;
  /** every row of the file, in the order of time; those before `fromMs` are trained on */
  rows: readonly ReplayRow[];
  fromMs: number;
  toMs: number;
  faults: readonly InjectedFault[];
  /** how often what was observed is dropped as a new dataset */
  newDataDays: number;
  /** called about once a simulated day */
  onProgress?(share: number, at: Date): void;
}

/** A prediction of the champion and of the first champion for the same row, and what became true. */
export interface JudgedPrediction {
  timeMs: number;
  truth: string | number;
  champion: Answer;
  first: Answer;
}

export interface Answer {
  version: number;
  label?: string;
  probability?: number;
  value?: number;
}

export interface RetrainingRun {
  id: string;
  trigger: string;
  status: string;
  requestedAt: string;
  version?: number;
  promoted?: boolean;
  message?: string;
  /** of this machine */
  seconds: number;
}

export interface Replayed {
  alerts: Alert[];
  predictions: JudgedPrediction[];
  runs: RetrainingRun[];
  requests: number;
  rowsSent: number;
  refused: number;
  hours: number;
  /** what the app itself reports of the range, the newest three months at most */
  monitoring?: MonitoringReport;
}

/**
 * Sends kept rows through the app hour by hour at a simulated time: it is trained on the rows before the range, scores
 * those in it, every timer runs at its time, and what became true arrives with later rows.
 */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { spec, rows, fromMs } = options;
  const simulated = await SimulatedApp.start(replayedSpec(options), fromMs - hourMs);
  try {
    return await new Replay(options, simulated).run(
      rows.filter(({ timeMs }) => timeMs < fromMs),
      spec.name,
    );
  } finally {
    await simulated.stop();
  }
}

/** The spec with a hold-out before the replayed range: the newest quarter of what it is trained on. */
function replayedSpec({ spec, rows, fromMs }: ReplayOptions): UsecaseSpec {
  if (spec.split.kind !== "time") return spec;
  const [first] = rows;
  const from = new Date(fromMs - Math.floor((fromMs - first.timeMs) / 4 / dayMs) * dayMs);
  return { ...spec, split: { ...spec.split, holdoutFrom: from.toISOString(), holdoutDays: undefined } } as UsecaseSpec;
}

/** as the address of the report has it */
const mostReportedDays = 92;

class Replay {
  private readonly found: Replayed = {
    alerts: [],
    predictions: [],
    runs: [],
    requests: 0,
    rowsSent: 0,
    refused: 0,
    hours: 0,
  };
  private readonly observed = new Map<string, ReplayRow>();
  private waiting: ReplayRow[] = [];
  private newDataAtMs: number;

  constructor(
    private readonly options: ReplayOptions,
    private readonly simulated: SimulatedApp,
  ) {
    this.newDataAtMs = options.fromMs + options.newDataDays * dayMs;
    for (const row of options.rows) this.observed.set(this.placeOf(row, row.timeMs), row);
  }

  async run(history: readonly ReplayRow[], usecase: string): Promise<Replayed> {
    await this.simulated.drop(usecase, "history.csv", csvOf(history, this.options.spec));
    await this.train();
    await this.ensureChampion();
    const byHour = Map.groupBy(
      this.options.rows.filter(({ timeMs }) => timeMs >= this.options.fromMs && timeMs < this.options.toMs),
      ({ timeMs }) => Math.floor(timeMs / hourMs) * hourMs,
    );
    for (let hour = this.options.fromMs; hour < this.options.toMs; hour += hourMs) {
      await this.hour(hour, byHour.get(hour) ?? []);
      if (hour % dayMs === 0) {
        this.options.onProgress?.(
          (hour - this.options.fromMs) / (this.options.toMs - this.options.fromMs),
          new Date(hour),
        );
        await pause(0);
      }
    }
    const { app } = this.simulated;
    this.found.alerts = await app.alerts.list(usecase, 5000);
    const { fromMs, toMs } = this.options;
    const reported = { from: new Date(Math.max(fromMs, toMs - mostReportedDays * dayMs)), to: new Date(toMs) };
    this.found.monitoring = await monitoringReport(app, usecase, reported);
    return this.found;
  }

  private async hour(startMs: number, rows: ReplayRow[]): Promise<void> {
    this.simulated.timeMs = startMs + 10_000;
    this.found.hours++;
    if (rows.length > 0) await this.score(rows.map((row) => this.withFaults(row)));
    await this.simulated.runTimers(startMs);
    if (startMs >= this.newDataAtMs) await this.dropNewData();
    await this.train();
  }

  /** What a client would send: the faults are in it, and in what is dropped later. */
  private withFaults(row: ReplayRow): ReplayRow {
    const cells = { ...row.cells };
    for (const fault of this.options.faults) fault.apply(cells, row.timeMs);
    return { ...row, cells };
  }

  private async score(rows: ReplayRow[]): Promise<void> {
    const { spec } = this.options;
    const sent = rows.map(({ timeMs, cells }) => this.requestOf(timeMs, cells));
    const answered = await this.simulated.score(spec.name, sent);
    this.found.requests++;
    this.found.rowsSent += rows.length;
    this.waiting.push(...rows);
    if (answered.status !== 200) {
      this.found.refused++;
      return;
    }
    const { version } = answered.body;
    const first =
      version === 1 ? answered : await this.simulated.score(spec.name, sent, { pin: "1", isCaptured: false });
    for (const [i, row] of rows.entries()) {
      const truth = this.truthOf(row);
      if (truth === undefined) continue;
      this.found.predictions.push({
        timeMs: row.timeMs,
        truth,
        champion: { version, ...answered.body.predictions[i] },
        first: { version: 1, ...first.body.predictions[i] },
      });
    }
  }

  private requestOf(timeMs: number, cells: ReplayRow["cells"]): object {
    const { features, time, entity } = this.options.spec;
    const sent = Object.fromEntries(features.map((name) => [name, ownValue(cells, name) ?? null]));
    return {
      ...sent,
      ...(time !== undefined && { [time]: new Date(timeMs).toISOString() }),
      ...(entity !== undefined && { [entity]: cells[entity] }),
    };
  }

  /** The class (or number) that was observed at the row's time and horizon; undefined where nothing was. */
  private truthOf(row: ReplayRow): string | number | undefined {
    const { label, horizonHours = 0 } = this.options.spec;
    const later = this.observed.get(this.placeOf(row, row.timeMs + horizonHours * hourMs));
    const value = later?.cells[label.column];
    if (value === null || value === undefined) return undefined;
    return label.mapping ? ownValue(label.mapping, String(value)) : value;
  }

  private placeOf({ cells }: ReplayRow, timeMs: number): string {
    const { entity } = this.options.spec;
    return `${entity === undefined ? "" : cells[entity]} ${timeMs}`;
  }

  private async dropNewData(): Promise<void> {
    const { spec, newDataDays } = this.options;
    this.newDataAtMs += newDataDays * dayMs;
    const rows = this.waiting;
    this.waiting = [];
    if (rows.length > 0)
      await this.simulated.drop(
        spec.name,
        `until-${new Date(this.simulated.timeMs).toISOString().slice(0, 10)}.csv`,
        csvOf(rows, spec),
      );
  }

  private async train(): Promise<void> {
    const startedMs = performance.now();
    if ((await this.simulated.drainTraining()) === 0) return;
    const seconds = (performance.now() - startedMs) / 1000;
    const known = new Set(this.found.runs.map(({ id }) => id));
    for (const run of await this.simulated.app.runs.list(this.options.spec.name)) {
      if (known.has(run.id)) continue;
      const { id, trigger, status, requestedAt, version, promoted, message } = run;
      this.found.runs.push({ id, trigger, status, requestedAt, version, promoted, message, seconds });
    }
  }

  /** Without a champion nothing would be watched: where the gate refused the first version, it is promoted by hand. */
  private async ensureChampion(): Promise<void> {
    const { registry } = this.simulated.app;
    const { name } = this.options.spec;
    if ((await registry.alias(name, "champion")) !== undefined) return;
    const [run] = this.found.runs;
    if (run?.version === undefined)
      throw new Error(`nothing could be trained on the rows before the range: ${run?.message}`);
    const reason = "the gate refused it, and a replay needs a champion";
    await registry.moveAlias({
      model: name,
      alias: "champion",
      version: run.version,
      operation: "replay",
      actor: "replay",
      reason,
    });
  }
}
