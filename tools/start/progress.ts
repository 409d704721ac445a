/** Shows the progress of one piece of work: a bar on a terminal, plain lines elsewhere. */
export interface Progress {
  update(done: number, total: number, note: string): void;
  end(note: string): void;
}

const barWidth = 30;

/** A progress display called `title` on `output`. */
export function startProgress(output: NodeJS.WriteStream, title: string): Progress {
  const show = (done: number, total: number, note: string) => {
    const share = total === 0 ? 0 : done / total;
    const filled = Math.round(share * barWidth);
    return `${title} [${"#".repeat(filled)}${".".repeat(barWidth - filled)}] ${done}/${total} ${note}`;
  };
  if (output.isTTY)
    return {
      update: (done, total, note) => output.write(`\r\x1b[2K${show(done, total, note).slice(0, output.columns - 1)}`),
      end: (note) => output.write(`\r\x1b[2K${title}: ${note}\n`),
    };
  let last = "";
  return {
    update: (done, total, note) => {
      const line = `${title}: ${done}/${total} ${note}`;
      if (line !== last) output.write(`${line}\n`);
      last = line;
    },
    end: (note) => output.write(`${title}: ${note}\n`),
  };
}
