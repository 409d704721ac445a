import { escapeText } from "../charts/escapeText";
import { figure } from "../figure";

const light =
  "--ink:#1d2430;--soft:#586074;--line:#d8dce4;--paper:#fff;--card:#f6f7f9;--link:#0b5cad;--good:#eaf5ee;" +
  "--series0:#0072b2;--series1:#d55e00;--series2:#009e73;--series3:#cc79a7;--series4:#e69f00;--series5:#56b4e9";
const dark =
  "--ink:#e6e9ef;--soft:#a3abbd;--line:#3a4252;--paper:#14181f;--card:#1c222c;--link:#8cc4ff;--good:#1d3328;" +
  "--series0:#56b4e9;--series1:#f0803c;--series2:#2fbf97;--series3:#dd9cc2;--series4:#f0b93a;--series5:#9fd6f5";

const style =
  `:root{color-scheme:light dark;${light}}@media(prefers-color-scheme:dark){:root{${dark}}}` +
  "body{font:15px/1.5 system-ui,sans-serif;max-width:76rem;margin:0 auto;padding:1rem;color:var(--ink);background:var(--paper)}" +
  "h1{margin:.2rem 0;line-height:1.2}h2{border-bottom:1px solid var(--line);padding-bottom:.2rem;margin-top:2rem}.soft,small{color:var(--soft)}" +
  "p,li{max-width:80ch}li{margin:.2rem 0}a{color:var(--link)}nav{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:.6rem 0}" +
  ".badge{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .7rem;margin:0 .4rem .3rem 0;background:var(--card)}" +
  "table{border-collapse:collapse;margin:.5rem 0}th,td{border-bottom:1px solid var(--line);padding:.25rem .7rem;text-align:left;vertical-align:top}" +
  "td small{display:block;line-height:1.35;font-weight:400}td:first-child,th:first-child{padding-left:0}td:nth-child(2):last-child{overflow-wrap:anywhere}code{overflow-wrap:anywhere}" +
  ".number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.best{background:var(--good);font-weight:600}.wide{overflow-x:auto}" +
  "svg{display:block;width:100%;height:auto;max-width:36rem;border:1px solid var(--line);border-radius:.4rem}" +
  ".charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:.8rem;align-items:start;margin:.6rem 0}.large{grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr))}" +
  ".beside{display:flex;flex-wrap:wrap;gap:.5rem 2rem;align-items:flex-start}.beside>*{flex:1 1 22rem;min-width:0}.beside>:first-child{flex-grow:2}" +
  "h3{margin:1.4rem 0 .2rem}summary{cursor:pointer;padding:.25rem 0;color:var(--link);overflow-wrap:anywhere}details>details{margin-left:1rem}" +
  ".lead{background:var(--card);border-left:.3rem solid var(--series0);border-radius:.3rem;padding:.2rem 1rem;margin:.8rem 0}.lead>p{font-size:1.12em;font-weight:600;margin:.6rem 0}" +
  "@media(max-width:40rem){th,td{padding:.2rem .4rem}table{font-size:.87em}.stack thead{display:none}.stack tr{display:block;border-bottom:1px solid var(--line);padding:.4rem 0}" +
  ".stack td{display:block;border:0;padding:.1rem .2rem;text-align:left;white-space:normal}.stack td:first-child{font-weight:600}.stack td:not(:first-child)::before{content:attr(data-label) ': ';color:var(--soft)}}" +
  "@media print{body{max-width:none}section{break-inside:avoid}nav{display:none}}";

/** A self-contained page: no script, nothing loaded, for screens of any width, dark ones and paper; `body` is HTML. */
export function page(title: string, body: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">' +
    `<link rel="icon" href="data:,"><title>${escapeText(title)}</title><style>${style}</style></head><body>${body}</body></html>\n`
  );
}

/** A section with its heading; `absent` stands in for missing content. */
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

/** A text with a smaller one below it. */
interface NotedText {
  text: string;
  note: string;
}

/** A number that is the best of its row. */
interface BestNumber {
  best: number;
}

export type Cell = string | number | null | undefined | NotedText | BestNumber;

/**
 * A table; numbers are right-aligned, with at most four digits, and an unknown value is a dash. On a narrow screen a
 * row of a `stacked` one becomes a paragraph, each cell behind the name of its column.
 */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], stacked = false): string {
  const row = (cells: readonly Cell[]) =>
    cells.map((value, column) => tableCell(value, stacked ? ` data-label="${escapeText(head[column])}"` : "")).join("");
  return (
    `<div class="wide"><table${stacked ? ' class="stack"' : ""}><thead><tr>${head.map((name) => `<th scope="col">${escapeText(name)}</th>`).join("")}</tr></thead>` +
    `<tbody>${rows.map((cells) => `<tr>${row(cells)}</tr>`).join("")}</tbody></table></div>`
  );
}

function tableCell(value: Cell, label: string): string {
  if (typeof value === "number") return `<td class="number"${label}>${numberText(value)}</td>`;
  if (typeof value !== "object" || value === null) return `<td${label}>${escapeText(value ?? "–")}</td>`;
  if ("best" in value) return `<td class="number best"${label}>${numberText(value.best)}</td>`;
  return `<td${label}>${escapeText(value.text)}<small>${escapeText(value.note)}</small></td>`;
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : figure(value);
}

/** Content that a reader opens when it is wanted; `isOpen` from the first. */
export function folded(summary: string, content: string, isOpen = false): string {
  return `<details${isOpen ? " open" : ""}><summary>${escapeText(summary)}</summary>${content}</details>`;
}

/** Charts beside each other, as many as the screen has room for: three on a desktop, or two large ones. */
export function charts(drawn: readonly string[], size?: "large"): string {
  return drawn.length === 0 ? "" : `<div class="charts${size ? ` ${size}` : ""}">${drawn.join("")}</div>`;
}

/** Parts side by side where there is room, below each other otherwise. */
export function beside(...parts: readonly string[]): string {
  const filled = parts.filter((part) => part !== "");
  return filled.length < 2
    ? filled.join("")
    : `<div class="beside">${filled.map((part) => `<div>${part}</div>`).join("")}</div>`;
}

/** A link to another page; `href` is a path, relative to this page. */
export interface Link {
  text: string;
  href: string;
}

/**
 * Links to other pages and documents. `key` is the function key of a reader who came with it in the address, so that
 * the links open, too; undefined for one who sent it in a header.
 */
export function navigation(links: readonly Link[], key?: string): string {
  const anchors = links.map(({ text, href }) => {
    const separator = href.includes("?") ? "&" : "?";
    const target = key === undefined ? href : `${href}${separator}code=${encodeURIComponent(key)}`;
    return `<a href="${escapeText(target)}">${escapeText(text)}</a>`;
  });
  return `<nav>${anchors.join("")}</nav>`;
}
