import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, startBrowser } from "../support/browser";
import { RunningTidegate } from "../support/runningTidegate";

if (!browserPath) console.warn("The pages are not looked at: no Chromium or Chrome here (CHROME_BIN names one).");

const phone = { width: 390, height: 844 };
const screen = { width: 1280, height: 900 };

let tidegate: RunningTidegate;
let browser: Browser;

/**
 * Opens a page of the champion as a link in a browser does, and collects its complaints and its requests for anything
 * but itself.
 */
async function open(name: string, viewport: typeof phone, colorScheme: "light" | "dark" = "light") {
  const page = await browser.newPage({ viewport, colorScheme });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const url = `${tidegate.info.url}/models/weather/versions/1/${name}?code=${tidegate.info.functionKey}`;
  const response = await page.goto(url);
  return { page, status: response?.status(), complaints, beside: requests.filter((request) => request !== url) };
}

/** The sizes of the charts on the page, in CSS pixels, with the number of shapes in each. */
function charts(page: Page) {
  return page.$$eval("svg", (all) =>
    all.map((svg) => {
      const { width, height } = svg.getBoundingClientRect();
      return { width, height, shapes: svg.querySelectorAll("path,rect,circle,line,polyline").length };
    }),
  );
}

/** The number of CSS pixels by which the page is wider than the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/** In the browser: texts that extend beyond their chart. */
const cutTexts = `[...document.querySelectorAll("svg text")].filter((text) => {
  const inner = text.getBoundingClientRect();
  const outer = text.ownerSVGElement.getBoundingClientRect();
  return inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.bottom > outer.bottom + 1;
}).map(({ textContent }) => textContent)`;

describe.skipIf(!browserPath)("in a browser", () => {
  beforeAll(async () => {
    [tidegate, browser] = await Promise.all([RunningTidegate.start([]), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await tidegate?.stop();
  });

  for (const name of ["card", "explain"]) {
    describe(`the page "${name}"`, () => {
      it("loads without anything else, and shows its charts", async () => {
        const { page, status, complaints, beside } = await open(name, screen);
        expect({ status, complaints, beside }).toEqual({ status: 200, complaints: [], beside: [] });
        expect(await page.title()).toMatch(/weather/);
        const drawn = await charts(page);
        expect(drawn.length).toBeGreaterThan(2);
        for (const { width, height, shapes } of drawn) {
          expect(width).toBeGreaterThan(100);
          expect(height).toBeGreaterThan(40);
          expect(shapes).toBeGreaterThan(2);
        }
        await page.close();
      });

      it("fits a phone", async () => {
        const { page } = await open(name, phone);
        expect(await overflow(page)).toBe(0);
        for (const { width } of await charts(page)) expect(width).toBeLessThanOrEqual(phone.width);
        await page.close();
      });

      it("is dark if the reader prefers dark, and its text has enough contrast either way", async () => {
        for (const scheme of ["light", "dark"] as const) {
          const { page } = await open(name, screen, scheme);
          const colours: string[] = await page.evaluate(
            "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))",
          );
          const [ink, paper] = colours.map(luminance) as [number, number];
          expect(paper < 0.2).toBe(scheme === "dark");
          expect((Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)).toBeGreaterThan(7);
          await page.close();
        }
      });

      it("draws charts in the page's colours, with no text cut off", async () => {
        const { page } = await open(name, screen, "dark");
        const papers: string[] = await page.evaluate(
          '[...document.querySelectorAll("svg .paper")].map((one) => getComputedStyle(one).fill)',
        );
        expect(papers.length).toBeGreaterThan(2);
        for (const paper of papers) expect(luminance(paper)).toBeLessThan(0.2);
        expect(await page.evaluate(cutTexts)).toEqual([]);
        await page.close();
      });

      it("uses the width of a desktop", async () => {
        const { page } = await open(name, screen);
        const widest = await page.$$eval("section svg, section table", (all) =>
          Math.max(...all.map((one) => one.getBoundingClientRect().right)),
        );
        expect(widest).toBeGreaterThan(0.9 * screen.width);
        await page.close();
      });

      it("has links that open with the key the reader used", async () => {
        const { page } = await open(name, screen);
        const targets: string[] = await page.evaluate(
          '[...document.querySelectorAll("nav a")].map(({ href }) => href)',
        );
        expect(targets.length).toBeGreaterThan(1);
        const answers = await Promise.all(targets.map((target) => fetch(target)));
        expect(answers.map(({ status }) => status)).toEqual(targets.map(() => 200));
        await page.close();
      });

      it("has a text for every chart, for those who cannot see it", async () => {
        const { page } = await open(name, screen);
        const named = await page.$$eval('svg[role="img"]', (all) =>
          all.map((svg) => ["title", "desc"].map((part) => svg.querySelector(`:scope > ${part}`)?.textContent ?? "")),
        );
        expect(named).toHaveLength((await charts(page)).length);
        for (const [title, description] of named) {
          expect(title).toMatch(/\w/);
          expect(description).toMatch(/.{20}/);
        }
        await page.close();
      });
    });
  }
});

/**
 * Relative luminance of a CSS `rgb(…)` colour, 0 (black) to 1 (white), by WCAG 2.2, which requires 7:1 for enhanced
 * contrast.
 */
function luminance(colour: string): number {
  const [red, green, blue] = (colour.match(/\d+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
