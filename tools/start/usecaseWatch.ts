import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../shared/errors";
import { candidateRules } from "../../shared/training/candidateRules";
import { loadUsecases, type Usecase } from "../../shared/usecase/loadUsecases";
import type { LocalCommands } from "./localCommands";

export type Usecases = Map<string, Usecase>;

/** What became different in a folder of use cases, in a line each. */
export interface UsecaseChange {
  usecases: Usecases;
  lines: string[];
}

const lookMs = 1_000;

/** The use cases of a folder, checked as the app checks them. */
export function readUsecases(folder: string): Usecases {
  return loadUsecases(folder, candidateRules);
}

/** Folders beside the use cases that hold no usecase.json, by name: nobody serves them. */
export function foldersWithoutSpec(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => !existsSync(path.join(folder, name, "usecase.json")))
    .sort();
}

/**
 * Looks at the specs of a folder every second; hands on what is different from `served` once all of them are right, and tells of what is
 * wrong once. (It looks, since watching for events misses changes on some file systems.)
 */
export class UsecaseWatch {
  private timer?: NodeJS.Timeout;
  /** of the specs at the last look; at first none, so that a change since they were read is found */
  private marks = "";
  private told = "";

  constructor(
    private readonly folder: string,
    private served: Usecases,
    private readonly taken: (change: UsecaseChange) => Promise<void>,
    private readonly commands: LocalCommands,
    private readonly print: (line: string) => void,
  ) {}

  start(): void {
    this.timer = setTimeout(() => this.look().finally(() => this.timer && this.start()), lookMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async look(): Promise<void> {
    const marks = marksOf(this.folder);
    if (marks === this.marks) return;
    this.marks = marks;
    try {
      const usecases = readUsecases(this.folder);
      const lines = differences(this.served, usecases, this.commands);
      if (lines.length > 0) await this.taken({ usecases, lines });
      this.served = usecases;
      this.told = "";
    } catch (error) {
      this.tell(`the use cases are served as they were, since what is new cannot be: ${messageOf(error)}`);
    }
  }

  private tell(text: string): void {
    if (text !== this.told) this.print(text);
    this.told = text;
  }
}

/** What tells that a spec was written, added or taken away. */
function marksOf(folder: string): string {
  if (!existsSync(folder)) return "";
  const files = readdirSync(folder).map((name) => path.join(folder, name, "usecase.json"));
  return files
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((stat, i) => (stat === undefined ? "" : `${files[i]} ${stat.mtimeMs} ${stat.size}`))
    .join("\n");
}

function differences(before: Usecases, after: Usecases, commands: LocalCommands): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === undefined)
      return [`use case ${name} is added: drop its first dataset with ${commands.drop(name, "<file>")}`];
    if (now === undefined) return [`use case ${name} is taken away`];
    return old.hash === now.hash ? [] : [`use case ${name} is changed: its next run follows the new spec`];
  });
}
