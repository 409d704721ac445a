import path from "node:path";
import { packageRoot } from "../../shared/packageRoot";

/** The folder that start, drop and status use where none is named, below the project. */
export const usualState = ".tidegate";

/** Commands as people may copy them, for the Tidegate that runs on one state folder. */
export interface LocalCommands {
  status: string;
  drop(usecase: string, file: string): string;
}

/** The commands for a state folder (relative to the project): they name it where it is not the usual one. */
export function localCommands(state: string): LocalCommands {
  const folder = path.resolve(packageRoot(), state);
  const option = folder === path.resolve(packageRoot(), usualState) ? "" : `--state ${quoted(folder)}`;
  return {
    status: option === "" ? "npm run status" : `npm run status -- ${option}`,
    drop: (usecase, file) => `npm run drop -- ${usecase} ${file} ${option}`.trimEnd(),
  };
}

function quoted(folder: string): string {
  return /^[\w./:\\-]+$/.test(folder) ? folder : `"${folder}"`;
}
