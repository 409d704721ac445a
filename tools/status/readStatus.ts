import { BlobServiceClient } from "@azure/storage-blob";
import type { Alert } from "../../shared/alerts/alert";
import { captureContainer } from "../../shared/capture/inferenceLog";
import type { DatasetVersion } from "../../shared/data/datasetRegistry";
import { messageOf } from "../../shared/errors";
import type { InboxEntry } from "../../shared/inbox/listInbox";
import type { ModelVersion } from "../../shared/registry/modelVersion";
import type { ReadinessReport } from "../../shared/serving/readiness";
import type { RunDescription } from "../../shared/training/describeRun";
import { isFinal, type RunRecord } from "../../shared/training/runRecord";
import type { LocalInfo } from "../start/localState";
import type { TidegateClient } from "../start/tidegateClient";

/** What a status shows of something whose details cannot be read: the reason why. */
interface NotRead {
  unreadable?: string;
}

/** The lists of a status that may lack rows. */
type Listed = "datasets" | "files" | "runs" | "champions" | "alerts";

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
  openRuns: (Pick<RunDescription, "id" | "status"> & Partial<RunDescription> & NotRead)[];
  /** every model with its champion, if it has one */
  champions: ({ model: string; champion?: ModelVersion } & NotRead)[];
  alerts: Alert[];
  /** what each list leaves out because it cannot be read; absent where that is nothing */
  unreadable: { [list in Listed]?: string[] };
  /** when predictions were last captured, and of which model */
  lastCaptured?: { model: string; at: Date };
}

/** Requests all of it from a running Tidegate. */
export async function readStatus(info: LocalInfo, client: TidegateClient): Promise<Status> {
  const list = <T>(path: string) => client.require<T & { unreadable?: string[] }>(path);
  const [health, ready, datasets, inbox, runs, models, alerts] = await Promise.all([
    client.require<{ capture: Status["capture"] }>("/health"),
    client.any<ReadinessReport>("/health/ready"),
    list<{ datasets: DatasetVersion[] }>("/datasets?limit=1000"),
    list<{ files: InboxEntry[] }>("/inbox?limit=1000"),
    list<{ runs: RunRecord[] }>("/runs"),
    list<{ models: { model: string }[] }>("/models?limit=1"),
    list<{ alerts: Alert[] }>("/alerts?status=open"),
  ]);
  const open = runs.runs.filter(({ status }) => !isFinal(status));
  const names = [...new Set([...info.usecases, ...models.models.map(({ model }) => model)])].sort();
  const [openRuns, champions, lastCaptured] = await Promise.all([
    Promise.all(open.map((run) => described(client, run))),
    Promise.all(names.map((model) => championOf(client, model))),
    findLastCapture(info.storage),
  ]);
  return {
    info,
    notReady: ready.reasons,
    capture: health.capture,
    datasets: datasets.datasets,
    files: inbox.files,
    runs: runs.runs,
    openRuns,
    champions,
    alerts: alerts.alerts,
    unreadable: {
      datasets: datasets.unreadable,
      files: inbox.unreadable,
      runs: runs.unreadable,
      champions: models.unreadable,
      alerts: alerts.unreadable,
    },
    lastCaptured,
  };
}

/** A run with its progress; of one whose plan or trials cannot be read, the reason why. */
function described(client: TidegateClient, { id, status }: RunRecord): Promise<Status["openRuns"][number]> {
  return client.require<RunDescription>(`/runs/${id}`).catch((error) => ({ id, status, unreadable: messageOf(error) }));
}

/** A model with its champion; of one whose champion cannot be read, the reason why. */
async function championOf(client: TidegateClient, model: string): Promise<Status["champions"][number]> {
  try {
    return { model, champion: await client.get<ModelVersion>(`/models/${model}/versions/champion`) };
  } catch (error) {
    return { model, unreadable: messageOf(error) };
  }
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
