import { BlobServiceClient } from "@azure/storage-blob";
import type { Alert } from "../../shared/alerts/alert";
import { captureContainer } from "../../shared/capture/inferenceLog";
import type { DatasetVersion } from "../../shared/data/datasetRegistry";
import type { InboxEntry } from "../../shared/inbox/listInbox";
import type { ModelVersion } from "../../shared/registry/modelVersion";
import type { ReadinessReport } from "../../shared/serving/readiness";
import type { RunDescription } from "../../shared/training/describeRun";
import { isFinal, type RunRecord } from "../../shared/training/runRecord";
import type { LocalInfo } from "../start/localState";
import type { TidegateClient } from "../start/tidegateClient";

/** The state of a running Tidegate, as it reports it. */
export interface Status {
  info: LocalInfo;
  /** why it cannot work, if it cannot */
  notReady: string[];
  capture: { mode: string; lostRecords?: number };
  datasets: DatasetVersion[];
  files: InboxEntry[];
  runs: RunRecord[];
  /** the runs that have not ended */
  openRuns: RunDescription[];
  /** every model with its champion, if it has one */
  champions: { model: string; champion?: ModelVersion }[];
  alerts: Alert[];
  /** rows of alerts that cannot be read, if there are any */
  unreadableAlerts?: string[];
  /** when predictions were last captured, and of which model */
  lastCaptured?: { model: string; at: Date };
}

/** Requests all of it from a running Tidegate. */
export async function readStatus(info: LocalInfo, client: TidegateClient): Promise<Status> {
  const [health, ready, { datasets }, { files }, { runs }, { models }, { alerts, unreadable }] = await Promise.all([
    client.require<{ capture: Status["capture"] }>("/health"),
    client.any<ReadinessReport>("/health/ready"),
    client.require<{ datasets: DatasetVersion[] }>("/datasets?limit=1000"),
    client.require<{ files: InboxEntry[] }>("/inbox?limit=1000"),
    client.require<{ runs: RunRecord[] }>("/runs"),
    client.require<{ models: { model: string }[] }>("/models?limit=1"),
    client.require<{ alerts: Alert[]; unreadable?: string[] }>("/alerts?status=open"),
  ]);
  const open = runs.filter(({ status }) => !isFinal(status));
  const names = [...new Set([...info.usecases, ...models.map(({ model }) => model)])].sort();
  const [openRuns, champions, lastCaptured] = await Promise.all([
    Promise.all(open.map(({ id }) => client.require<RunDescription>(`/runs/${id}`))),
    Promise.all(names.map((model) => championOf(client, model))),
    findLastCapture(info.storage),
  ]);
  const { capture } = health;
  const shown = { datasets, files, runs, openRuns, champions, alerts, unreadableAlerts: unreadable };
  return { info, notReady: ready.reasons, capture, ...shown, lastCaptured };
}

async function championOf(client: TidegateClient, model: string) {
  return { model, champion: await client.get<ModelVersion>(`/models/${model}/versions/champion`) };
}

async function findLastCapture(storage: string): Promise<Status["lastCaptured"]> {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(captureContainer);
  let last: Status["lastCaptured"];
  if (!(await container.exists())) return last;
  for await (const { name, properties } of container.listBlobsFlat())
    if (!name.startsWith("unknown/") && (last === undefined || properties.lastModified > last.at))
      last = { model: name.split("/", 1)[0], at: properties.lastModified };
  return last;
}
