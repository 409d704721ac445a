import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { newAlert } from "../../../shared/alerts/alert";
import { readDestinations } from "../../../shared/alerts/channels/registry";
import { composeMessage } from "../../../shared/alerts/message/composeMessage";
import { type ReceivedPost, WebReceiver } from "../../support/webReceiver";

type Verify = (headers: ReceivedPost["headers"], body: string, secret: string, nowMs: number) => boolean;

/** The function that docs/alerts.md shows. */
function documented(): Verify {
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync("docs/alerts.md", "utf8")) ?? [];
  return new Function("require", `${code}; return isFromTidegate;`)(
    createRequire(path.resolve("package.json")),
  ) as Verify;
}

const secret = "0123456789abcdef";
const sentAt = new Date("2026-01-01T00:00:00Z");
let server: WebReceiver;
beforeEach(async () => {
  server = await WebReceiver.start();
});
afterEach(() => server.stop());

it("the documented function accepts a post of ours, and neither a changed, an old, a foreign nor an unsigned one", async () => {
  const env = { TIDEGATE_WEBHOOK_URL: server.url, TIDEGATE_WEBHOOK_SECRET: secret };
  const condition = {
    subject: "pumps",
    rule: "input-drift",
    severity: "error" as const,
    summary: "moved é",
    evidence: {},
  };
  const told = { deliveryId: "d", event: "opened" as const, at: sentAt.toISOString() };
  await readDestinations(env).destinations[0].send(composeMessage(told, newAlert(condition, sentAt), {}, sentAt));
  const [{ headers, body }] = server.posts;
  const isFromTidegate = documented();
  const now = sentAt.getTime() + 1000;
  expect(isFromTidegate(headers, body, secret, now)).toBe(true);
  expect(isFromTidegate(headers, body.replace("pumps", "humps"), secret, now)).toBe(false);
  expect(isFromTidegate(headers, body, secret, now + 301_000)).toBe(false);
  expect(isFromTidegate({ ...headers, "x-tidegate-timestamp": String(now / 1000 + 100) }, body, secret, now)).toBe(
    false,
  );
  expect(isFromTidegate(headers, body, "another secret of 16", now)).toBe(false);
  expect(isFromTidegate({}, body, secret, now)).toBe(false);
});
