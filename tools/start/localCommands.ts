import path from "node:path";
import { packageRoot } from "../../shared/packageRoot";

/** The state folder that start, drop and status use by default, relative to the project. */
export const defaultState = ".tidegate";

/** Commands for people to copy, for the Tidegate that runs on one state folder. */
export interface LocalCommands {
  status: string;
  drop(usecase: string, file: string): string;
}

/** The commands for a state folder (relative to the project); they name the folder unless it is the default one. */
export function localCommands(state: string): LocalCommands {
  const folder = path.resolve(packageRoot(), state);
  const option = folder === path.resolve(packageRoot(), defaultState) ? "" : `--state ${quoted(folder)}`;
  return {
    status: option === "" ? "npm run status" : `npm run status -- ${option}`,
    drop: (usecase, file) => `npm run drop -- ${usecase} ${file} ${option}`.trimEnd(),
  };
}

function quoted(folder: string): string {
  return /^[\w./:\\-]+$/.test(folder) ? folder : `"${folder}"`;
}
