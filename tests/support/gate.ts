import { connect, createServer, type Server, type Socket } from "node:net";

/** A proxy to a loopback port that can be closed, as if the service behind it were down. */
export class Gate {
  private server?: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly target: number,
    public port = 0,
  ) {}

  static async to(target: number): Promise<Gate> {
    const gate = new Gate(target);
    await gate.open();
    return gate;
  }

  async open(): Promise<void> {
    const server = createServer((socket) => {
      const onward = connect(this.target, "127.0.0.1");
      for (const end of [socket, onward]) {
        this.sockets.add(end);
        end.on("error", () => undefined);
        end.once("close", () => this.sockets.delete(end));
      }
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", resolve);
    });
    this.port = (server.address() as { port: number }).port;
    this.server = server;
  }

  async shut(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
