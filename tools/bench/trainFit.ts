import { fork } from "node:child_process";
import { messageOf } from "../../shared/errors";
import type { FeatureTable } from "../../shared/featureTable";
import { fitModel } from "../../shared/learners/fit/fitModel";
import { trainerFor } from "../../shared/learners/registry";
import { type BenchRows, benchRows, testSeed, trainSeed } from "./trainRows";
import { type Quality, qualityOf } from "./trainScores";

export interface FitJob {
  learner: string;
  parameters: Record<string, unknown>;
  rows: number;
  testRows: number;
  columns: number;
}

export interface FitMeasure extends Quality {
  /** first fit of the process, including compilation by the engine */
  seconds: number;
  /** second fit */
  warmSeconds: number;
  /** peak resident memory of the process up to the end of the first fit, including its rows */
  peakMb: number;
}

/** Fits in a process of its own, so that peak memory and compilation time are those of this fit. */
export function measureFit(job: FitJob): Promise<FitMeasure> {
  const child = fork(__filename);
  return new Promise((resolve, reject) => {
    child.once("message", (reply: FitMeasure | { error: string }) => {
      child.disconnect();
      if ("error" in reply) reject(new Error(reply.error));
      else resolve(reply);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the measuring process ended with code ${code}`)));
    child.send(job);
  });
}

function fitTwice({ learner, parameters, rows, testRows, columns }: FitJob): FitMeasure {
  const trainer = trainerFor(learner);
  const settings = trainer.parameters.parse(parameters);
  const train = benchRows(rows, columns, trainSeed);
  const target = { task: "classification" as const, classes: ["0", "1"], codes: train.classes };
  const timed = () => {
    const started = performance.now();
    const model = fitModel(trainer, tableOf(train), target, settings, { seed: trainSeed });
    return { model, seconds: (performance.now() - started) / 1000 };
  };
  const { model, seconds } = timed();
  const peakMb = process.resourceUsage().maxRSS / 1024;
  const { seconds: warmSeconds } = timed();
  const test = benchRows(testRows, columns, testSeed);
  const scores = model.predict(tableOf(test)).filter((_, at) => at % 2 === 1);
  return { seconds, warmSeconds, peakMb, ...qualityOf(scores, test.classes) };
}

function tableOf({ columns, classes }: BenchRows): FeatureTable {
  const numbers = columns.map((values, index) => ({ name: `x${index}`, values }));
  return { rowCount: classes.length, numbers, categories: [] };
}

// a child process, started by measureFit
if (require.main === module)
  process.on("message", (job: FitJob) => {
    try {
      process.send?.(fitTwice(job));
    } catch (error) {
      process.send?.({ error: messageOf(error) });
    }
  });
