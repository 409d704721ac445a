import { z } from "zod";
import type { AlertMessage } from "../message/alertMessage";
import { webAddresses } from "./addressList";
import type { Address, Channel } from "./channel";
import { postJson } from "./postJson";

interface TeamsTarget extends Address {
  url: string;
}

/**
 * Posts alerts as adaptive cards to a Teams workflow that begins with "When a Teams webhook request is received":
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
export const teams = {
  name: "teams",
  settings: z
    .object({ TIDEGATE_TEAMS_URL: webAddresses.default([]) })
    .transform(({ TIDEGATE_TEAMS_URL: urls }): TeamsTarget[] =>
      urls.map((url) => ({ key: url, label: new URL(url).host, url })),
    ),
  send: (message, { url }, limitMs) => postJson(url, JSON.stringify(teamsMessage(message)), {}, limitMs),
} as const satisfies Channel<TeamsTarget>;

const colors = { error: "Attention", warning: "Warning", info: "Accent" } as const;

function teamsMessage({ heading, summary, deliveryId, alert, facts, whatToDo, links }: AlertMessage) {
  const text = (content: string, more: object = {}) => ({
    type: "TextBlock",
    text: plain(content),
    wrap: true,
    ...more,
  });
  const color = alert.status === "resolved" ? "Good" : colors[alert.severity];
  const card = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      text(heading, { size: "Medium", weight: "Bolder", color }),
      text(summary),
      { type: "FactSet", facts: facts.map(({ name, value }) => ({ title: plain(name), value: plain(value) })) },
      text(`What to do: ${whatToDo}`),
      text(`Delivery ${deliveryId}`, { size: "Small", isSubtle: true }),
    ],
    actions: links
      .filter(({ href }) => /^https?:/.test(href))
      .map(({ text: title, href: url }) => ({ type: "Action.OpenUrl", title, url })),
  };
  const attachment = { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: card };
  return { type: "message", attachments: [attachment] };
}

/** Text blocks read Markdown: what would be formatted or linked is shown as it is. */
function plain(text: string): string {
  return text.replace(/([\\*_[\]()~`])/g, "\\$1");
}
