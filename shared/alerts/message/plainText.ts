import type { AlertMessage } from "./alertMessage";

/** A message as plain text, for mail readers that show no HTML. */
export function plainText({ heading, summary, facts, whatToDo, links, picture, deliveryId }: AlertMessage): string {
  const width = Math.max(...facts.map(({ name }) => name.length)) + 1;
  return [
    heading,
    "",
    summary,
    "",
    ...facts.map(({ name, value }) => `${`${name}:`.padEnd(width)} ${value}`),
    "",
    `What to do: ${whatToDo}`,
    "",
    ...links.map(({ text, href }) => `${text}: ${href}`),
    ...(picture ? ["", `Picture: ${picture.description}`] : []),
    "",
    `Sent by Tidegate, delivery ${deliveryId}`,
    "",
  ].join("\n");
}
