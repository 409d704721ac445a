import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = [
  process.env.CHROME_BIN,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The path of this machine's Chromium or Chrome; `CHROME_BIN` selects another one. */
export const browserPath = places.find((place) => place && existsSync(place));

/** Starts the machine's own browser, headless and without network services of its own. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      // otherwise the browser calls its maker's services
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
}
