import { z } from "zod";
import { AppError } from "../../errors";
import { cutText } from "../../ledger/cutText";
import { withTimeLimit } from "../../timeLimit";
import type { AlertMessage } from "../message/alertMessage";
import { mailHtml } from "../message/mailHtml";
import { plainText } from "../message/plainText";
import { isLoopback, splitList } from "./addressList";
import type { Address, Channel } from "./channel";

interface MailServer {
  host: string;
  port: number;
  /** TLS from the first byte (smtps); otherwise STARTTLS where the server offers it */
  secure: boolean;
  user?: string;
  password?: string;
}

interface MailTarget extends Address {
  server: MailServer;
  from: string;
  to: string;
}

const mailAddress = z.email("a mail address such as ops@example.org is needed");
const mailAddresses = z
  .string()
  .transform(splitList)
  .refine((list) => list.every((one) => mailAddress.safeParse(one).success), {
    error: "mail addresses such as ops@example.org are needed, split at commas",
  });

const names = ["TIDEGATE_SMTP_URL", "TIDEGATE_ALERT_EMAIL_FROM", "TIDEGATE_ALERT_EMAIL_TO"] as const;

const settings = z
  .object({
    TIDEGATE_SMTP_URL: z.string().transform(readServer).optional(),
    TIDEGATE_ALERT_EMAIL_FROM: mailAddress.optional(),
    TIDEGATE_ALERT_EMAIL_TO: mailAddresses.optional(),
  })
  .transform((given, context): MailTarget[] => {
    const { TIDEGATE_SMTP_URL: server, TIDEGATE_ALERT_EMAIL_FROM: from, TIDEGATE_ALERT_EMAIL_TO: to } = given;
    if (server && from && to) return to.map((one) => ({ key: one, label: one, server, from, to: one }));
    const missing = names.filter((name) => given[name] === undefined);
    if (missing.length === names.length) return [];
    const message = "it is missing; alerts by email need all three of TIDEGATE_SMTP_URL, _ALERT_EMAIL_FROM and _TO";
    for (const name of missing) context.issues.push({ code: "custom", path: [name], message, input: undefined });
    return z.NEVER;
  });

function readServer(text: string, context: z.RefinementCtx): MailServer {
  const url = URL.parse(text);
  const isServer = (url?.protocol === "smtp:" || url?.protocol === "smtps:") && url.hostname !== "";
  if (url === null || !isServer) {
    const message = "an address such as smtps://user:password@mail.example.org:465 is needed (smtp:// for STARTTLS)";
    context.issues.push({ code: "custom", message, input: "" });
    return z.NEVER;
  }
  const secure = url.protocol === "smtps:";
  const port = url.port === "" ? (secure ? 465 : 587) : Number(url.port);
  const login = url.username && { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port, secure, ...login };
}

/** Sends alerts as mail, HTML with its picture and plain text, to one address each. */
export const email = { name: "email", settings, send } as const satisfies Channel<MailTarget>;

async function send(message: AlertMessage, { server, from, to }: MailTarget, limitMs: number): Promise<void> {
  // loaded here: an app that sends no mail does not need it
  const { createTransport } = await import("nodemailer");
  const transport = createTransport(transportOptions(server, limitMs));
  const late = () => {
    throw new AppError("unavailable", `the mail server did not take the message within ${limitMs / 1000} s`);
  };
  try {
    await withTimeLimit(transport.sendMail(mailOf(message, from, to)), limitMs, late);
  } catch (error) {
    throw error instanceof AppError ? error : faultOf(error as SmtpFault, server);
  } finally {
    transport.close();
  }
}

function transportOptions({ host, port, secure, user, password }: MailServer, limitMs: number) {
  const waits = { connectionTimeout: limitMs, greetingTimeout: limitMs, socketTimeout: limitMs, dnsTimeout: limitMs };
  // a password never travels in the clear beyond this machine
  const requireTLS = user !== undefined && !secure && !isLoopback(host);
  const auth = user === undefined ? {} : { auth: { user, pass: password } };
  return { host, port, secure, requireTLS, ...waits, ...auth, disableFileAccess: true, disableUrlAccess: true };
}

const pictureId = "picture@tidegate";

function mailOf(message: AlertMessage, from: string, to: string) {
  const { title, deliveryId, alert, picture } = message;
  return {
    from: { name: "Tidegate", address: from },
    to,
    subject: title,
    messageId: `<${deliveryId}@tidegate>`,
    // all messages about an alert are one conversation
    references: `<${alert.id}@tidegate>`,
    date: message.sentAt,
    headers: { "Auto-Submitted": "auto-generated", "X-Tidegate-Delivery": deliveryId },
    text: plainText(message),
    html: mailHtml(message, pictureId),
    attachments: picture
      ? [{ filename: "picture.png", content: Buffer.from(picture.png), cid: pictureId, contentType: "image/png" }]
      : [],
  };
}

interface SmtpFault {
  code?: string;
  responseCode?: number;
  response?: string;
}

const shownReply = 200;

/** A fault of the mail server in words; its reply is shown, without what is secret. */
function faultOf({ code, responseCode, response = "" }: SmtpFault, { user, password }: MailServer): AppError {
  if (responseCode === undefined)
    return new AppError("unavailable", `the mail server could not be used${code ? ` (${code})` : ""}`);
  let reply = response;
  for (const secret of [password, user]) if (secret) reply = reply.replaceAll(secret, "***");
  const message = `the mail server answered ${cutText(reply, shownReply)}`;
  return new AppError(responseCode >= 500 ? "rejected" : "unavailable", message);
}
