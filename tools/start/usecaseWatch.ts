import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../shared/errors";
import { candidateRules } from "../../shared/training/candidateRules";
import { loadUsecases, type Usecase } from "../../shared/usecase/loadUsecases";
import type { LocalCommands } from "./localCommands";

export type Usecases = Map<string, Usecase>;

/** The changes in a folder of use cases, one line each. */
export interface UsecaseChange {
  usecases: Usecases;
  lines: string[];
}

const pollMs = 1_000;

/** The use cases of a folder, with the same checks as in the app. */
export function readUsecases(folder: string): Usecases {
  return loadUsecases(folder, candidateRules);
}

/** Names of the subfolders without a usecase.json, which are not served. */
export function foldersWithoutSpec(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => !existsSync(path.join(folder, name, "usecase.json")))
    .sort();
}

/**
 * Checks the specs of a folder every second: passes on the differences from `served` once all specs are valid, and
 * prints what is wrong with them once. It polls because file system events miss changes on some file systems.
 */
export class UsecaseWatch {
  private timer?: NodeJS.Timeout;
  /** of the specs at the last check; empty at first, so that a change since they were read is found */
  private fingerprint = "";
  private lastFault = "";

  constructor(
    private readonly folder: string,
    private served: Usecases,
    private readonly onChange: (change: UsecaseChange) => Promise<void>,
    private readonly commands: LocalCommands,
    private readonly print: (line: string) => void,
  ) {}

  start(): void {
    this.timer = setTimeout(() => this.check().finally(() => this.timer && this.start()), pollMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async check(): Promise<void> {
    const fingerprint = fingerprintOf(this.folder);
    if (fingerprint === this.fingerprint) return;
    this.fingerprint = fingerprint;
    try {
      const usecases = readUsecases(this.folder);
      const lines = differences(this.served, usecases, this.commands);
      if (lines.length > 0) await this.onChange({ usecases, lines });
      this.served = usecases;
      this.lastFault = "";
    } catch (error) {
      this.report(`the use cases are served as before, because of an invalid spec: ${messageOf(error)}`);
    }
  }

  private report(fault: string): void {
    if (fault !== this.lastFault) this.print(fault);
    this.lastFault = fault;
  }
}

/** A text that changes when a spec is written, added or removed. */
function fingerprintOf(folder: string): string {
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
      return [`use case ${name} was added; drop its first dataset with ${commands.drop(name, "<file>")}`];
    if (now === undefined) return [`use case ${name} was removed`];
    return old.hash === now.hash ? [] : [`use case ${name} was changed; its next run uses the new spec`];
  });
}
