import { existsSync } from "node:fs";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { prepareDataset } from "../../shared/data/prepareDataset";
import type { PreparedData } from "../../shared/data/preparedData";
import { messageOf } from "../../shared/errors";
import { isBetter } from "../../shared/evaluation/selectionMetric";
import { packageRoot } from "../../shared/packageRoot";
import { createDuckDb } from "../../shared/sql/duckdb";
import { loadUsecases, type Usecase } from "../../shared/usecase/loadUsecases";
import { parseUsecase } from "../../shared/usecase/parseUsecase";
import type { UsecaseSpec } from "../../shared/usecase/usecaseSpec";
import { measureLearners } from "./measureLearners";
import { learnerTable, rollingTable, savingTable, settingsTable } from "./resultsText";
import { rollingOrigin } from "./rollingOrigin";

const help = `npm run results -- [--out FILE]

Trains every learner on the sample of every use case that ships, and writes the metrics on the hold-out sets,
alongside the baselines, to docs/results.md. Takes some minutes; progress goes to stderr. The same code and samples
give the same file.

  --out FILE   file to write (default docs/results.md)
  --help       show this text`;

const progress = (line: string) => console.error(line);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: "string", default: "docs/results.md" }, help: { type: "boolean" } },
  });
  if (values.help) return console.log(help);
  const parts = [introduction];
  for (const usecase of loadUsecases(path.join(packageRoot(), "models")).values()) parts.push(await describe(usecase));
  await writeFile(values.out, `${parts.join("\n\n")}\n`);
  progress(`wrote ${values.out}`);
}

const introduction = `# Results

Written by \`npm run results\`: every learner on the sample of every use case that ships. A few settings of each learner are compared on the
folds within the training rows; the selected one is refitted on all of them and evaluated once on the hold-out set, alongside the baselines on the
same rows. Differences are the learner's metric minus the baseline's; their intervals are bootstrapped over blocks (of several days, as the
autocorrelation of the errors requires, if there is a time). The hold-out set was used once for each learner, so the best row of a table is slightly
optimistic: the champion of a use case is selected on the folds, not here.`;

async function describe({ spec, folder }: Usecase): Promise<string> {
  const sample = (await readdir(folder)).find((name) => name.startsWith("sample."));
  if (sample === undefined) return `## ${spec.name}\n\nIt has no sample.`;
  const file = path.join(folder, sample);
  const data = await prepare(file, spec);
  const parts = [`## ${spec.name}: ${spec.title}`, rowsOf(data), ...measured(spec, data)];
  for (const variant of await namesIn(path.join(folder, "variants")))
    parts.push(await describeVariant(path.join(folder, "variants", variant), path.join(folder, "usecase.json"), file));
  return parts.join("\n\n");
}

function rowsOf({ trainRows, holdoutRows, folds }: PreparedData): string {
  return `${trainRows.length} training rows, ${holdoutRows.length} hold-out rows, ${folds.length} folds.`;
}

function measured(spec: UsecaseSpec, data: PreparedData): string[] {
  const results = measureLearners(spec, data, (learner) => progress(`${spec.name}: ${learner}`));
  const parts = [learnerTable(spec, results), settingsTable(results)];
  const saving = savingTable(results);
  if (saving !== "")
    parts.push(
      "Cost of the decisions on the hold-out set with the use case's cost matrix, and savings per row (an interval that includes zero shows no saving):",
      saving,
    );
  if (data.times === undefined) return parts;
  const { metric } = spec.selection;
  const best = results.reduce((a, b) => (isBetter(metric, b.foldMean, a.foldMean) ? b : a));
  progress(`${spec.name}: rolling origin`);
  parts.push(
    `Rolling origin over the whole span: ${best.trial.learner} (the best on the folds) forecasts each month from everything before it, compared with ${spec.baselines.at(-1)}.`,
    rollingTable(metric, spec.baselines.at(-1) as string, rollingOrigin(spec, data, best.trial)),
  );
  return parts;
}

/** A variant is a JSON file with the fields of the spec that it replaces. */
async function describeVariant(variant: string, original: string, sample: string): Promise<string> {
  const replaced = JSON.parse(await readFile(variant, "utf8"));
  // the example row has the features of the original, and a variant is never started
  const { sample: _sample, example: _example, ...fields } = JSON.parse(await readFile(original, "utf8"));
  const written = { ...fields, ...replaced };
  const spec = parseUsecase(JSON.stringify(written), `${variant} over ${original}`);
  const data = await prepare(sample, spec);
  const parts = [`### ${spec.name}, variant ${path.basename(variant, ".json")}`, ...measured(spec, data)];
  const derived = Object.keys(spec.derived);
  if (derived.length > 0)
    parts.splice(
      1,
      0,
      `Derived features (a request must supply them): ${derived.map((name) => `\`${name}\``).join(", ")}.`,
    );
  return parts.join("\n\n");
}

async function namesIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? (await readdir(folder)).sort() : [];
}

function prepare(file: string, spec: UsecaseSpec): Promise<PreparedData> {
  return createDuckDb().withSession(async (session, folder) => {
    const copy = path.join(folder, path.basename(file));
    await copyFile(file, copy);
    return prepareDataset(session, [{ version: 1, path: copy }], spec);
  });
}

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
