/** Shows the progress of one piece of work: a bar on a terminal, plain lines elsewhere. */
export interface Progress {
  /** `total` is 0 while it is unknown; `note` is a state, optionally followed by a comma and an estimate */
  update(done: number, total: number, note: string): void;
  end(note: string): void;
}

const barWidth = 30;

/**
 * A progress display with a title; if `output` is not a terminal, one line for each step, not for each new estimate.
 */
export function startProgress(output: NodeJS.WritableStream & Partial<NodeJS.WriteStream>, title: string): Progress {
  if (output.isTTY)
    return {
      update: (done, total, note) =>
        output.write(`\r\x1b[2K${bar(title, done, total, note).slice(0, (output.columns ?? 80) - 1)}`),
      end: (note) => output.write(`\r\x1b[2K${title}: ${note}\n`),
    };
  let last = "";
  return {
    update: (done, total, note) => {
      const [state] = note.split(",", 1);
      const step = total === 0 ? `${title}: ${state}` : `${title}: ${done}/${total} ${state}`;
      if (step !== last) output.write(`${step.trimEnd()}\n`);
      last = step;
    },
    end: (note) => output.write(`${title}: ${note}\n`),
  };
}

function bar(title: string, done: number, total: number, note: string): string {
  if (total === 0) return `${title} ... ${note}`;
  const filled = Math.round((done / total) * barWidth);
  return `${title} [${"#".repeat(filled)}${".".repeat(barWidth - filled)}] ${done}/${total} ${note}`;
}
