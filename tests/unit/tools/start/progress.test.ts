import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { startProgress } from "../../../../tools/start/progress";

function shown(isTTY: boolean, work: (progress: ReturnType<typeof startProgress>) => void): string {
  let text = "";
  const output = Object.assign(
    new Writable({
      write: (chunk, _encoding, done) => {
        text += chunk;
        done();
      },
    }),
    { isTTY, columns: 80 },
  );
  work(startProgress(output as unknown as NodeJS.WriteStream, "Training"));
  return text;
}

describe("the progress of a piece of work", () => {
  it("is one line for each step if there is no terminal, however often the estimate changes", () => {
    const text = shown(false, (progress) => {
      for (let i = 0; i < 3; i++) progress.update(0, 0, "queued");
      progress.update(0, 6, "training");
      for (let i = 9; i > 0; i--) progress.update(1, 6, `training, about ${i} s left`);
      progress.update(6, 6, "training, about 0 s left");
      progress.update(6, 6, "finishing");
      progress.end("succeeded");
    });
    expect(text.trim().split("\n")).toEqual([
      "Training: queued",
      "Training: 0/6 training",
      "Training: 1/6 training",
      "Training: 6/6 training",
      "Training: 6/6 finishing",
      "Training: succeeded",
    ]);
  });

  it("has no bar before the length of the work is known", () => {
    const text = shown(true, (progress) => progress.update(0, 0, "queued"));
    expect(text).toContain("Training ... queued");
    expect(text).not.toContain("0/0");
  });
});
