import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDuckDb } from "../../../shared/sql/duckdb";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const lines = readFileSync(`models/${usecase}/sample.csv`, "utf8").trim().split("\n");
const spec = { ...shippedSpec(usecase), candidates: [{ learner: "logistic-regression", grid: { l2: [1] } }] };

let loop: Loop;
beforeAll(async () => {
  loop = await Loop.start(spec);
  await loop.drop(usecase, [lines[0], ...lines.slice(1, 700)].join("\n"), "first.csv");
  await loop.drop(usecase, [lines[0], ...lines.slice(700)].join("\n"), "second.csv");
  await loop.drain();
});
afterAll(() => loop?.stop());

const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("utf8");
const blob = async (place: string) => {
  const [container, ...name] = place.split("/");
  return loop.app.blobs.read(container, name.join("/"));
};

/** The captured line of a request, found as docs/lineage.md says. */
async function captured(model: string, version: number, id: string) {
  await loop.app.capture?.flush();
  for await (const { name } of loop.app.blobs.list("inference", `${model}/v${version}/`))
    for (const line of textOf(await loop.app.blobs.read("inference", name)).split("\n"))
      if (line !== "" && JSON.parse(line).id === id) return JSON.parse(line);
}

describe("an auditor", () => {
  it("follows a prediction back to the lines of the files that trained its model", async () => {
    const { body } = await loop.score(usecase, [spec.example]);
    const { requestId, version, predictions } = JSON.parse(body);

    const record = await captured(usecase, version, requestId);
    expect(record).toMatchObject({ modelversion: version, data: { status: 200, inputs: { rows: [spec.example] } } });
    expect(record.data.outputs.label).toEqual([predictions[0].label]);

    const { lineage } = await loop.app.registry.version(usecase, record.modelversion);
    expect(await loop.app.runs.get(String(lineage.runId))).toMatchObject({ status: "succeeded", version });
    expect(JSON.parse(textOf(await blob(String(lineage.usecaseSpec))))).toMatchObject({ name: usecase });

    const prepared = await blob(String(lineage.preparedRows));
    const rows = await createDuckDb().withSession(async (session, folder) => {
      const file = path.join(folder, "prepared.parquet");
      await writeFile(file, prepared ?? new Uint8Array());
      return session.rows(
        `SELECT dataset_version, dataset_row, Altitude_m, Grade FROM '${file}' WHERE split_role = 'train'`,
      );
    });
    expect(new Set(rows.map((row) => Number(row.dataset_version)))).toEqual(new Set(lineage.datasetVersions));

    const versions = await loop.app.datasets.versions(usecase);
    const header = lines[0].split(",");
    for (const row of rows.filter((_row, at) => at % 40 === 0)) {
      const dataset = versions.find(({ version }) => version === Number(row.dataset_version));
      const file = textOf(await blob(`datasets/${dataset?.blob}`)).split("\n");
      const cells = file[Number(row.dataset_row)].split(",");
      expect(cells[header.indexOf("Grade")]).toBe(row.Grade);
      const altitude = cells[header.indexOf("Altitude_m")];
      expect(altitude === "" ? null : Number(altitude)).toBe(row.Altitude_m);
    }
  });
});
