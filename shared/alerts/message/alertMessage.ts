import type { Alert } from "../alert";

/** What happened to an alert that people are told of; what a person did in the app is in the audit trail alone. */
export const toldEvents = ["opened", "worsened", "escalated", "unsilenced", "resolved", "closed"] as const;
export type ToldEvent = (typeof toldEvents)[number];

export function isTold(event: string): event is ToldEvent {
  return (toldEvents as readonly string[]).includes(event);
}

/** A line of a message: "Since: 2026-01-31 12:00 UTC". */
export interface Fact {
  name: string;
  value: string;
}

/**
 * Where a message leads. `href` is a path where the app does not know its own address, and begins with a method where
 * that is not GET.
 */
export interface MessageLink {
  text: string;
  href: string;
}

/** A picture of what an alert is about, and what to read where it is not shown. */
export interface MessagePicture {
  png: Uint8Array;
  widthPx: number;
  heightPx: number;
  title: string;
  /** what stands below it, from left to right: at its ends and between, or each below its part */
  scale: string[];
  scaleAt: "ends" | "middles";
  /** names and colours of what it shows */
  legend: { label: string; color: string }[];
  description: string;
}

/** What people are told of an alert; every channel puts it in its own form. */
export interface AlertMessage {
  /** the same each time this change is sent to this address, so that a receiver can drop a repetition */
  deliveryId: string;
  event: ToldEvent;
  /** when it happened */
  at: string;
  sentAt: Date;
  /** one line for lists of messages: how bad, where, what */
  title: string;
  /** how bad, and where */
  heading: string;
  /** what was found, as a sentence */
  summary: string;
  alert: Alert;
  facts: Fact[];
  whatToDo: string;
  links: MessageLink[];
  picture?: MessagePicture;
}
