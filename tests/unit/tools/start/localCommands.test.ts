import path from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../../shared/packageRoot";
import { localCommands } from "../../../../tools/start/localCommands";

describe("the commands that are printed for copying", () => {
  it("are short for the default state folder", () => {
    const commands = localCommands(".tidegate");
    expect(commands.status).toBe("npm run status");
    expect(commands.drop("weather", "<file.csv>")).toBe("npm run drop -- weather <file.csv>");
  });

  it("name any other state folder, whatever the working directory is", () => {
    expect(localCommands("/tmp/other").status).toBe("npm run status -- --state /tmp/other");
    expect(localCommands("/tmp/my files").drop("a", "b.csv")).toBe('npm run drop -- a b.csv --state "/tmp/my files"');
    expect(localCommands("mine").status).toBe(`npm run status -- --state ${path.join(packageRoot(), "mine")}`);
  });
});
