import { escapeText } from "../charts/escapeText";
import { figure } from "../figure";

const style =
  ":root{color-scheme:light dark;--ink:#1d2430;--soft:#586074;--line:#d8dce4;--paper:#fff;--card:#f6f7f9}" +
  "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a3abbd;--line:#3a4252;--paper:#14181f;--card:#1c222c}}" +
  "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:1rem;color:var(--ink);background:var(--paper)}" +
  "h1{margin:.2rem 0}h2{border-bottom:1px solid var(--line);padding-bottom:.2rem;margin-top:2rem}.soft{color:var(--soft)}" +
  ".badge{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .7rem;margin-right:.4rem;background:var(--card)}" +
  "table{border-collapse:collapse;margin:.5rem 0}th,td{border-bottom:1px solid var(--line);padding:.25rem .7rem;text-align:left;vertical-align:top}" +
  ".number{text-align:right;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}svg{max-width:100%;height:auto;margin:.4rem .4rem .4rem 0;vertical-align:top;border-radius:.3rem}" +
  "li{margin:.2rem 0}td:nth-child(2):last-child{overflow-wrap:anywhere}code{overflow-wrap:anywhere}" +
  "@media(max-width:40rem){section{overflow-x:auto}th,td{padding:.2rem .4rem}table{font-size:.87em}.stack thead{display:none}" +
  ".stack tr{display:block;border-bottom:1px solid var(--line);padding:.3rem 0}.stack td{display:inline-block;border:0}.stack td:last-child{display:block}}" +
  "@media print{body{max-width:none}section{break-inside:avoid}}";

/** A self-contained page: no script, nothing loaded, for screens of any width, dark ones and paper; `body` is HTML. */
export function page(title: string, body: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<link rel="icon" href="data:,"><title>${escapeText(title)}</title><style>${style}</style></head><body>${body}</body></html>\n`
  );
}

/** A section with its heading; `absent` stands in for content that there is none of. */
export function section(title: string, content: string, absent?: string): string {
  const body = content === "" && absent !== undefined ? paragraph(`Not here: ${absent}.`) : content;
  return `<section><h2>${escapeText(title)}</h2>${body}</section>`;
}

export function paragraph(text: string, className?: string): string {
  return `<p${className ? ` class="${className}"` : ""}>${escapeText(text)}</p>`;
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${escapeText(item)}</li>`).join("")}</ul>`;
}

export type Cell = string | number | null | undefined;

/**
 * A table; numbers stand right, in at most four digits, and what is not known is a dash. On a narrow screen a row of a `stacked` one
 * becomes a paragraph, its last cell below the others.
 */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], stacked = false): string {
  const cell = (value: Cell) => {
    if (typeof value === "number") return `<td class="number">${Number.isInteger(value) ? value : figure(value)}</td>`;
    return `<td>${escapeText(value ?? "–")}</td>`;
  };
  return (
    `<div class="wide"><table${stacked ? ' class="stack"' : ""}><thead><tr>${head.map((name) => `<th scope="col">${escapeText(name)}</th>`).join("")}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("")}</tbody></table></div>`
  );
}
