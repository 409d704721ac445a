import { createHash } from "node:crypto";
import { escapeText } from "./escapeText";

/**
 * Colours that stay apart for the colour-blind (Okabe and Ito, 2008), blue first; a dark page sets lighter ones as
 * `--series0` and on.
 */
export const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"].map(
  (color, index) => `var(--series${index},${color})`,
);

export interface ChartFrame {
  title: string;
  description: string;
  widthPx: number;
  heightPx: number;
  /** elements inside, already escaped */
  content: readonly string[];
}

/** The page's own colours where it has some, so that a chart is dark on a dark page; alone it is dark on white. */
const style =
  "text{font:12px system-ui,sans-serif;fill:var(--ink,#222)}.title{font-size:14px;font-weight:600}.tick{font-size:11.5px}" +
  ".grid{stroke:var(--line,#ddd)}.axis{stroke:var(--soft,#555)}.whisker{stroke:var(--ink,#222);stroke-width:1.5}" +
  ".dot{fill:var(--ink,#222)}.paper{fill:var(--card,#fff)}.faint{fill:none;stroke:var(--soft,#9ab);stroke-opacity:.45}";

/**
 * One `<svg>` element with an accessible name and description; its ids follow from its content, so that several share a
 * page.
 */
export function chartFrame({ title, description, widthPx, heightPx, content }: ChartFrame): string {
  const inside = content.join("");
  const id = createHash("sha256").update(title).update("\0").update(inside).digest("hex").slice(0, 12);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="c${id}" role="img" aria-labelledby="t${id} d${id}" viewBox="0 0 ${widthPx} ${heightPx}" width="${widthPx}" height="${heightPx}">` +
    `<title id="t${id}">${escapeText(title)}</title><desc id="d${id}">${escapeText(description)}</desc>` +
    `<style>${scoped(`.c${id}`)}</style><rect class="paper" width="${widthPx}" height="${heightPx}"/>` +
    `<text class="title" x="12" y="22">${escapeText(title)}</text>${inside}</svg>`
  );
}

/** A style element of an inline SVG counts for the whole page: every rule is held to its own chart. */
function scoped(selector: string): string {
  return style.replace(/(^|\})([a-z.])/g, `$1${selector} $2`);
}

/** half the width of a letter at 12 px, on average: what is cut off by it would be cut off on the page */
const halfLetterPx = 3.1;
export const labelLinePx = 15;

/**
 * An axis label in as many lines as a chart of `widthPx` needs, in the middle of `x` where it fits there; `y` is the
 * first line's.
 */
export function axisLabel(text: string, x: number, y: number, widthPx: number): string {
  return labelLines(text, widthPx)
    .map((line, index) => {
      const half = line.length * halfLetterPx;
      const middle = Math.min(Math.max(x, half + 4), widthPx - half - 4);
      return `<text class="label" x="${Math.round(middle)}" y="${y + index * labelLinePx}" text-anchor="middle">${escapeText(line)}</text>`;
    })
    .join("");
}

/** The lines of an axis label, broken between words. */
export function labelLines(text: string, widthPx: number): string[] {
  const most = Math.floor((widthPx - 16) / (2 * halfLetterPx));
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (lines[last] === "") lines[last] = word;
    else if (lines[last].length + 1 + word.length <= most) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}
