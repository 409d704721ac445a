/** Tells of a fault that lasts once, and of its end. */
export interface OutageLog {
  failed(error: unknown): void;
  worked(): void;
}

/** `what` could not be done: "[drift] cannot save when it ran". */
export function createOutageLog(what: string, log: (line: string) => void): OutageLog {
  let isOut = false;
  return {
    failed: (error) => {
      if (!isOut) log(`${what}: ${(error as Error).message}; it is tried until it works`);
      isOut = true;
    },
    worked: () => {
      if (isOut) log(`${what}: it works again`);
      isOut = false;
    },
  };
}
