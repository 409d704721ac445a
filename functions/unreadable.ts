import type { OnUnreadable } from "../shared/ledger/readable";

/** Takes down what cannot be read, each message once; `field` is what a reply has of it: nothing where all is well. */
export function noteUnreadable(): { note: OnUnreadable; field(): { unreadable?: string[] } } {
  const messages = new Set<string>();
  return {
    note: ({ message }) => void messages.add(message),
    field: () => (messages.size > 0 ? { unreadable: [...messages] } : {}),
  };
}
