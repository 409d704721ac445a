import { createServer } from "node:net";

/** `wanted` if it is free on loopback, otherwise (and for 0) any free port. */
export async function pickPort(wanted: number): Promise<number> {
  return wanted !== 0 && (await isFree(wanted)) ? wanted : openPort(0);
}

/** Whether nothing listens on this loopback port. */
export async function isFree(port: number): Promise<boolean> {
  return openPort(port).then(
    () => true,
    () => false,
  );
}

function openPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}
