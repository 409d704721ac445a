import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../shared/packageRoot";

const title = `# Monitoring: measured

Written by \`npm run sim:false-alarms -- --write\` and \`npm run sim:power -- --write\`.`;

/** Replaces a section of docs/monitoring-results.md, or adds it. */
export function writeSection(heading: string, text: string): void {
  const file = path.join(packageRoot(), "docs/monitoring-results.md");
  const [top, ...sections] = (existsSync(file) ? readFileSync(file, "utf8") : title).split(/\n+(?=## )/);
  const kept = sections.filter((section) => !section.startsWith(`## ${heading}\n`)).map((section) => section.trim());
  const all = [...kept, `## ${heading}\n\n${text}`].sort();
  writeFileSync(file, `${[top.trim(), ...all].join("\n\n")}\n`);
}
