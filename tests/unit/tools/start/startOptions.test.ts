import { describe, expect, it } from "vitest";
import { readStartOptions } from "../../../../tools/start/startOptions";

describe("the start command's options", () => {
  it("default to port 7071, a folder in the project, and the demonstration", () => {
    expect(readStartOptions([], "/app")).toMatchObject({
      port: 7071,
      portGiven: false,
      stateFolder: "/app/.tidegate",
      demo: true,
    });
  });

  it("accept a port, a folder and no demonstration", () => {
    const options = readStartOptions(["--port", "0", "--state", "/tmp/x", "--no-demo"], "/app");
    expect(options).toMatchObject({ port: 0, portGiven: true, stateFolder: "/tmp/x", demo: false });
  });

  it.each(["-1", "65536", "seven", "1.5", ""])("refuse the port %s in one sentence", (port) => {
    expect(() => readStartOptions([`--port=${port}`], "/app")).toThrow(
      /is not a valid port: use a whole number from 0 to 65535/,
    );
  });

  it("refuse an option that does not exist", () => {
    expect(() => readStartOptions(["--demo"], "/app")).toThrow(/--demo/);
  });
});
