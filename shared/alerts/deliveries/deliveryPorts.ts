import type { Clock, QueueSender, TableStore, Telemetry } from "../../ports";
import type { Alert } from "../alert";
import type { AlertStore } from "../alertStore";
import type { ChannelPolicies, Destination } from "../channels/registry";
import type { MessagePicture } from "../message/alertMessage";
import type { MessageAddresses } from "../message/composeMessage";

/** What planning and sending deliveries needs. */
export interface DeliveryPorts {
  tables: TableStore;
  queues: QueueSender;
  clock: Clock;
  telemetry: Pick<Telemetry, "event">;
  alerts: Pick<AlertStore, "raise" | "resolve">;
  /** every address that the app settings name */
  destinations: readonly Destination[];
  /** their specs say what is told by which channel */
  usecases: ReadonlyMap<string, { spec: { channels: ChannelPolicies } }>;
  messageAddresses: MessageAddresses;
  /** a picture of what the alert is about, where there is one */
  alertPicture(alert: Alert): Promise<MessagePicture | undefined>;
}
