import { valueText } from "../charts/axis";
import { escapeText } from "../charts/escapeText";

/** A section with its heading; `absent` stands in for content that there is none of. */
export function section(title: string, content: string, absent?: string): string {
  const body = content === "" && absent !== undefined ? paragraph(`Not here: ${absent}.`) : content;
  return `<section><h2>${escapeText(title)}</h2>${body}</section>`;
}

export function paragraph(text: string): string {
  return `<p>${escapeText(text)}</p>`;
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${escapeText(item)}</li>`).join("")}</ul>`;
}

export type Cell = string | number | null | undefined;

/** A table; numbers stand right, in at most four digits, and what is not known is a dash. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell) => {
    if (typeof value === "number")
      return `<td class="number">${Number.isInteger(value) ? value : valueText(value)}</td>`;
    return `<td>${escapeText(value ?? "–")}</td>`;
  };
  return (
    `<div class="wide"><table><thead><tr>${head.map((name) => `<th scope="col">${escapeText(name)}</th>`).join("")}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("")}</tbody></table></div>`
  );
}
