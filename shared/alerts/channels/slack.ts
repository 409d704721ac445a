import { z } from "zod";
import type { AlertMessage } from "../message/alertMessage";
import { webAddresses } from "./addressList";
import type { Address, Channel } from "./channel";
import { postJson } from "./postJson";

interface SlackTarget extends Address {
  url: string;
}

/**
 * Posts alerts to incoming webhooks of Slack:
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export const slack = {
  name: "slack",
  settings: z
    .object({ TIDEGATE_SLACK_URL: webAddresses.default([]) })
    .transform(({ TIDEGATE_SLACK_URL: urls }): SlackTarget[] =>
      urls.map((url) => ({ key: url, label: new URL(url).host, url })),
    ),
  send: (message, { url }, limitMs) => postJson(url, JSON.stringify(slackMessage(message)), {}, limitMs),
} as const satisfies Channel<SlackTarget>;

/** characters that Slack takes in a header, and in a section's text */
const headerLength = 150;
const sectionLength = 3000;

function slackMessage({ title, heading, summary, deliveryId, facts, whatToDo, links }: AlertMessage) {
  const mrkdwn = (text: string) => ({ type: "mrkdwn", text: cut(text, sectionLength) });
  const lines = facts.map(({ name, value }) => `*${escaped(name)}:* ${escaped(value)}`);
  const anchors = links.map(({ text, href }) =>
    /^https?:/.test(href) ? `<${href}|${escaped(text)}>` : `${escaped(text)}: \`${escaped(href)}\``,
  );
  return {
    text: title,
    blocks: [
      { type: "header", text: { type: "plain_text", text: cut(heading, headerLength), emoji: false } },
      { type: "section", text: mrkdwn(escaped(summary)) },
      { type: "section", text: mrkdwn(lines.join("\n")) },
      { type: "section", text: mrkdwn(`*What to do:* ${escaped(whatToDo)}`) },
      { type: "context", elements: [mrkdwn(`${anchors.join(" | ")} | delivery ${escaped(deliveryId)}`)] },
    ],
  };
}

/** The three characters that mean something in Slack's text, so that a summary can neither link nor call people. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}
