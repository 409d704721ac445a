import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

/** A mail as the server took it. */
export interface ReceivedMail extends Email {
  /** to whom the envelope said that it goes */
  recipients: string[];
  /** whether it came over TLS, and by which login */
  secure: boolean;
  user?: string;
}

interface MailServerOptions {
  /** TLS from the first byte */
  secure?: boolean;
  /** the login that is asked for; without one anybody may send */
  login?: { user: string; password: string };
  /** whether STARTTLS is offered */
  startTls?: boolean;
  port?: number;
}

/** What the server does with a message. */
export type MailAnswer = "take" | "defer" | "refuse" | "hang";

const certificate = {
  key: readFileSync(path.resolve("tests/fixtures/mail/server.key")),
  cert: readFileSync(path.resolve("tests/fixtures/mail/server.crt")),
};

/** The certificate that the server shows, for clients that are to trust it. */
export const mailServerCertificate = String(certificate.cert);

/** A mail server on loopback: what it takes can be read as a mailbox. */
export class MailServer {
  readonly mailbox: ReceivedMail[] = [];
  answer: MailAnswer = "take";
  /** how often a message was handed over, taken or not */
  tries = 0;
  port = 0;
  private readonly held: (() => void)[] = [];
  private readonly server: SMTPServer;

  private constructor(private readonly options: MailServerOptions) {
    const { secure = false, login, startTls = false } = options;
    this.server = new SMTPServer({
      secure,
      ...certificate,
      disableReverseLookup: true,
      disabledCommands: [...(startTls ? [] : ["STARTTLS"]), ...(login ? [] : ["AUTH"])],
      // a login over plain text is for tests of servers on this machine
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        const isRight = username === login?.user && password === login?.password;
        if (isRight) done(null, { user: username });
        else done(new Error(`no such login: ${username} ${password}`));
      },
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.on("data", (part: Buffer) => parts.push(part));
        stream.on("end", async () => {
          this.tries++;
          if (this.answer === "hang") await new Promise<void>((resolve) => this.held.push(resolve));
          else if (this.answer !== "take") return done(refusal(this.answer));
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          const user = session.user as string | undefined;
          const mail = await PostalMime.parse(Buffer.concat(parts));
          this.mailbox.push({ ...mail, recipients, secure: session.secure, ...(user && { user }) });
          done();
        });
      },
    });
    // a client that breaks off is no fault of the server
    this.server.on("error", () => undefined);
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const one = new MailServer(options);
    await new Promise<void>((resolve) => one.server.listen(options.port ?? 0, "127.0.0.1", resolve));
    one.port = (one.server.server.address() as AddressInfo).port;
    return one;
  }

  /** The setting by which it is reached. */
  get url(): string {
    const { secure, login } = this.options;
    const user = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : "";
    return `${secure ? "smtps" : "smtp"}://${user}127.0.0.1:${this.port}`;
  }

  /** Takes the messages that hang. */
  release(): void {
    for (const take of this.held.splice(0)) take();
  }

  stop(): Promise<void> {
    for (const { _socket } of this.server.connections as Iterable<{ _socket?: { destroy(): void } }>)
      _socket?.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function refusal(answer: MailAnswer): Error {
  return answer === "defer"
    ? Object.assign(new Error("4.3.0 try again later"), { responseCode: 451 })
    : Object.assign(new Error("5.7.1 not wanted here"), { responseCode: 554 });
}
