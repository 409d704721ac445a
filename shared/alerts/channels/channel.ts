import type { z } from "zod";
import type { AlertMessage } from "../message/alertMessage";

/** What one kind of channel needs to reach one address. */
export interface Address {
  /** tells this address from the channel's others; never shown, as it may hold a secret */
  key: string;
  /** how people see it, without secrets */
  label: string;
}

/**
 * A way to tell people of alerts. A channel is one file, and one line in the registry; its app settings name everything
 * that it may send to.
 */
export interface Channel<Target extends Address = Address> {
  /** names it in specs and in the log of deliveries */
  name: string;
  /** reads the channel's app settings: one target for each address, none where they are not set */
  settings: z.ZodType<Target[]>;
  /**
   * Sends a message to one address within `limitMs`. AppError rejected says that trying again is of no use, AppError
   * unavailable that it may be, after `retryAfterSeconds` where that is known; neither names a secret.
   */
  send(message: AlertMessage, target: Target, limitMs: number): Promise<void>;
}
