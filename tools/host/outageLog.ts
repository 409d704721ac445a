/** Logs a lasting fault once, and its end. */
export interface OutageLog {
  failed(error: unknown): void;
  worked(): void;
}

/** `what` says what cannot be done, such as "[drift] cannot save when it ran". */
export function createOutageLog(what: string, log: (line: string) => void): OutageLog {
  let isOut = false;
  return {
    failed: (error) => {
      if (!isOut) log(`${what}: ${(error as Error).message}; trying again until it works`);
      isOut = true;
    },
    worked: () => {
      if (isOut) log(`${what}: it works again`);
      isOut = false;
    },
  };
}
