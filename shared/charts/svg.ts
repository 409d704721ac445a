import { createHash } from "node:crypto";
import { escapeText } from "./escapeText";

/** Colours that stay apart for the colour-blind (Okabe and Ito, 2008), blue first. */
export const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"] as const;

export interface ChartFrame {
  title: string;
  description: string;
  widthPx: number;
  heightPx: number;
  /** elements inside, already escaped */
  content: readonly string[];
}

const style =
  "text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:14px;font-weight:600}.tick{font-size:11px}" +
  ".grid{stroke:#ddd}.axis{stroke:#555}.whisker{stroke:#222;stroke-width:1.5}.faint{fill:none;stroke:#9ab;stroke-opacity:.45}";

/** One `<svg>` element with an accessible name and description; its ids follow from its content, so that several share a page. */
export function chartFrame({ title, description, widthPx, heightPx, content }: ChartFrame): string {
  const inside = content.join("");
  const id = createHash("sha256").update(title).update("\0").update(inside).digest("hex").slice(0, 12);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="c${id}" role="img" aria-labelledby="t${id} d${id}" viewBox="0 0 ${widthPx} ${heightPx}" width="${widthPx}" height="${heightPx}">` +
    `<title id="t${id}">${escapeText(title)}</title><desc id="d${id}">${escapeText(description)}</desc>` +
    `<style>${scoped(`.c${id}`)}</style><rect width="${widthPx}" height="${heightPx}" fill="#fff"/>` +
    `<text class="title" x="12" y="22">${escapeText(title)}</text>${inside}</svg>`
  );
}

/** A style element of an inline SVG counts for the whole page: every rule is held to its own chart. */
function scoped(selector: string): string {
  return style.replace(/(^|\})([a-z.])/g, `$1${selector} $2`);
}
