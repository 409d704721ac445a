import { createReadStream } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BlobServiceClient } from "@azure/storage-blob";
import { figure } from "../../shared/figure";
import { datasetsInbox } from "../../shared/inbox/inboxes";
import { notShownBetter, notShownBetterText } from "../../shared/registry/notShownBetter";
import type { RunDescription } from "../../shared/training/describeRun";
import type { Usecase } from "../../shared/usecase/loadUsecases";
import type { LocalInfo } from "./localState";
import { startProgress } from "./progress";
import { TidegateClient } from "./tidegateClient";

const pollMs = 250;

interface Datasets {
  datasets: { usecase: string; version: number; rowCount: number; file: string }[];
  rejected: { usecase: string; file: string; rejectedAt: string; reasons: { message: string }[] }[];
}

/** How the demonstration ended: the model and version that answer, and whether the gate promoted that version. */
export interface DemoOutcome {
  usecase: string;
  version: number;
  promoted: boolean;
  reply: unknown;
  notShownBetter?: string[];
}

/**
 * Drops the use case's sample unless the use case has a dataset, waits for its run, and scores its example row; throws
 * with the reason if it cannot. Undefined if a run begun by an earlier start ended without a model: that must not keep
 * later starts from serving.
 */
export async function runDemo(
  usecase: Usecase,
  info: LocalInfo,
  print: (line: string) => void,
): Promise<DemoOutcome | undefined> {
  const { spec, folder } = usecase;
  const client = new TidegateClient(info);
  const known = await client.get<Datasets>(`/datasets?usecase=${spec.name}`);
  const first = known?.datasets.length === 0;
  const droppedAt = new Date();
  if (first) {
    await dropSample(info.storage, spec.name, path.join(folder, spec.sample as string));
    print(`Dropped ${spec.sample} into ${datasetsInbox}/${spec.name}/`);
  }
  const earlier = first ? undefined : await earlierOutcome(client, spec);
  if (earlier) {
    print(`Model ${spec.name} version ${earlier.version} is champion, trained by an earlier start${markOf(earlier)}`);
    return earlier;
  }
  const dataset = await waitForDataset(client, spec.name, path.basename(spec.sample as string), droppedAt);
  print(`Dataset version ${dataset.version}: ${dataset.rowCount} rows, checked and stored`);
  const run = await waitForRun(client, `${spec.name}.data-v${dataset.version}`);
  if (run.version === undefined) {
    const ended = `run ${run.id} ended as ${run.status}: ${run.message}`;
    if (first) throw new Error(ended);
    print(`No row was scored: ${ended}`);
    return undefined;
  }
  return scoreExample(client, spec, { ...run, version: run.version }, print);
}

/** Says what the gate decided about the run's version, and scores the example row with that version. */
async function scoreExample(
  client: TidegateClient,
  spec: Usecase["spec"],
  run: RunDescription & { version: number },
  print: (line: string) => void,
): Promise<DemoOutcome> {
  const { version, holdout } = run;
  const champion = await client.get<{ version: number }>(`/models/${spec.name}/versions/champion`);
  const promoted = champion?.version === version;
  const decision = promoted ? "is champion" : "was refused by the gate";
  const mark = markOf({ notShownBetter: notShownBetter(holdout?.differences) });
  print(`Model ${spec.name} version ${version} ${decision}${mark}${figures(run, spec)}`);
  const reply = await client.score(spec.name, spec.example as object, promoted ? undefined : version);
  return { usecase: spec.name, version, promoted, reply };
}

/** The champion's answer, if an earlier start left a champion. */
async function earlierOutcome(client: TidegateClient, spec: Usecase["spec"]): Promise<DemoOutcome | undefined> {
  const champion = await client.get<{ version: number; notShownBetter?: string[] }>(
    `/models/${spec.name}/versions/champion`,
  );
  if (champion === undefined) return undefined;
  const reply = await client.score(spec.name, spec.example as object);
  const { version, notShownBetter } = champion;
  return { usecase: spec.name, version, promoted: true, reply, notShownBetter };
}

function markOf({ notShownBetter: baselines }: Pick<DemoOutcome, "notShownBetter">): string {
  return baselines ? ` (${notShownBetterText(baselines)})` : "";
}

async function dropSample(storage: string, usecase: string, file: string): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(datasetsInbox);
  await container.createIfNotExists();
  await container.getBlockBlobClient(`${usecase}/${path.basename(file)}`).uploadStream(createReadStream(file));
}

/** The use case's newest dataset; a file rejected before `droppedAt`, or under another name, is not the sample. */
async function waitForDataset(
  client: TidegateClient,
  usecase: string,
  sample: string,
  droppedAt: Date,
): Promise<Datasets["datasets"][number]> {
  const progress = startProgress(process.stdout, "Checking the dataset");
  const started = Date.now();
  for (;;) {
    const found = await client.get<Datasets>(`/datasets?usecase=${usecase}`);
    const accepted = found?.datasets[0];
    if (accepted) {
      progress.end(`done in ${seconds(started)}`);
      return accepted;
    }
    const refused = found?.rejected.find(
      ({ file, rejectedAt }) => file === sample && Date.parse(rejectedAt) >= droppedAt.getTime(),
    );
    if (refused) throw new Error(`the sample was rejected: ${refused.reasons[0]?.message}`);
    progress.update(0, 0, "waiting for the verdict");
    await delay(pollMs);
  }
}

async function waitForRun(client: TidegateClient, runId: string): Promise<RunDescription> {
  const progress = startProgress(process.stdout, "Training");
  const started = Date.now();
  for (;;) {
    const run = await client.get<RunDescription>(`/runs/${runId}`);
    if (run?.finishedAt) {
      progress.end(`${run.status} after ${run.progress.trialsDone} trials in ${seconds(started)}`);
      return run;
    }
    const { trialsDone = 0, trialsTotal = 0, secondsLeft } = run?.progress ?? {};
    const left = secondsLeft === undefined ? "" : `, about ${secondsLeft} s left`;
    progress.update(trialsDone, trialsTotal, `${run?.status ?? "waiting"}${left}`);
    await delay(pollMs);
  }
}

/** The selection metric of the model and of the baselines, on the hold-out set. */
function figures({ holdout }: RunDescription, { selection: { metric } }: Usecase["spec"]): string {
  if (holdout?.metrics === undefined) return "";
  const of = (metrics: Record<string, unknown>) => figure(Number(metrics[metric]));
  const others = Object.entries(holdout.baselines ?? {}).map(([name, metrics]) => `${name} ${of(metrics)}`);
  return `: ${metric} ${of(holdout.metrics)} on the hold-out set (${others.join(", ")})`;
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
