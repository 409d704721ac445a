import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { pickPort } from "../../../../tools/start/freePort";

it("a picked port is free to listen on, even if any port will do", async () => {
  const any = await pickPort(0);
  expect(any).toBeGreaterThan(0);
  const server = createServer().listen(any, "127.0.0.1");
  await once(server, "listening");
  expect(await pickPort(any)).not.toBe(any);
  expect(await pickPort(any)).toBeGreaterThan(0);
  server.close();
});
