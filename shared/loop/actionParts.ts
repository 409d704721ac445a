import { z } from "zod";
import type { Alert } from "../alerts/alert";
import { callOwnWebhook, type OwnWebhooks } from "../alerts/channels/ownWebhooks";
import type { DispatchParts, LastAction } from "../alerts/dispatch";
import { documentType, readRow } from "../documents";
import type { TableStore } from "../ports";
import { pinSentence } from "../registry/aliasPin";
import type { ModelRegistry } from "../registry/modelRegistry";
import { type StartRunPorts, startRun } from "../training/startRun";

export interface ActionPorts extends StartRunPorts {
  registry: ModelRegistry;
  tables: TableStore;
  ownWebhooks: OwnWebhooks;
  restartWorker(reason: string): void;
}

/** Names policies in audit entries. */
const actor = "policy";
const table = "alerts";

/** A row `action:{kind}` of a subject: when that action was last done for it. */
const lastActions = documentType(z.object({ at: z.iso.datetime(), alertId: z.string() }), []);

/** What the actions of alerts need of the other domains. */
export function actionParts(ports: ActionPorts): DispatchParts {
  const { clock, queues } = ports;
  return {
    clock,
    lastAction: (alert, kind) => lastAction(ports, alert, kind),
    async keepLastAction(subject, kind, { at, alertId }) {
      const row = {
        partitionKey: subject,
        rowKey: `action:${kind}`,
        form: lastActions.form,
        at: at.toISOString(),
        alertId,
      };
      await ports.tables.transaction(table, [{ kind: "upsert", row }]);
    },
    async startRunByAlert({ subject, raisedAt }, learners) {
      const cause = retrainCause(raisedAt);
      const { run } = await startRun(ports, { usecase: subject, trigger: "drift", cause, learners });
      return run;
    },
    championOf: (model) => championOf(ports, model),
    moveChampion: (move) => ports.registry.moveAlias({ ...move, alias: "champion", actor }),
    async pauseRoute(model, operation, reason) {
      const change = { model, alias: "champion", operation, actor, reason } as const;
      if (await ports.registry.setPause({ ...change, pause: true })) return true;
      return (await ports.registry.alias(model, "champion"))?.pause !== undefined;
    },
    restartWorker: ports.restartWorker,
    callWebhook: (name, alert) => callOwnWebhook(ports.ownWebhooks, name, alert, clock.now()),
    sendMessage: (queue, message) => queues.send(queue, message),
  };
}

/** Names the run of an alert that was raised then. */
function retrainCause(raisedAt: string): string {
  return `drift-${raisedAt.replace(/[-:.]/g, "")}`;
}

/** Earlier releases kept no row of it: their last run that an alert started counts. */
async function lastAction(
  { tables, runs }: ActionPorts,
  { id, subject, raisedAt }: Alert,
  kind: string,
): Promise<LastAction | undefined> {
  const row = await tables.get(table, subject, `action:${kind}`);
  if (row !== undefined) {
    const { at, alertId } = readRow(lastActions, table, row);
    return { at: new Date(at), alertId };
  }
  if (kind !== "retrain") return undefined;
  const run = (await runs.list(subject)).findLast(({ trigger }) => trigger === "drift");
  if (run === undefined) return undefined;
  const isOfAlert = run.id === `${subject}.${retrainCause(raisedAt)}`;
  return { at: new Date(run.requestedAt), ...(isOfAlert && { alertId: id }) };
}

async function championOf({ registry }: ActionPorts, model: string) {
  const [champion, previous] = await Promise.all([
    registry.alias(model, "champion"),
    registry.alias(model, "previous"),
  ]);
  const pinned = champion?.pin && pinSentence(champion.version, champion.pin);
  return { version: champion?.version, previous: previous?.version, ...(pinned && { pinned }) };
}
