import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(__dirname, "..");

interface Import {
  file: string;
  target: string;
}

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.posix.join(folder, name));
}

/** Every import of a file; relative ones resolved to a path from the root. */
function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), "utf8");
  const found = text.matchAll(/(?:from\s+|import\(\s*|require\(\s*|^import\s+)["']([^"']+)["']/gm);
  return [...found].map(([, name]) => ({
    file,
    target: name.startsWith(".") ? path.posix.join(path.posix.dirname(file), name) : name,
  }));
}

const shared = sources("shared");
const functions = sources("functions");
const tools = sources("tools");
const adapters = ["shared/azure/", "shared/sql/", "shared/onnx/"];
/** what builds adapters, or runs beside the app in a thread of its own */
const compositionRoot = ["shared/app.ts", "shared/config.ts"];
const isAdapter = (file: string) => adapters.some((folder) => file.startsWith(folder));
const isDomain = (file: string) => !isAdapter(file) && !compositionRoot.includes(file);
const show = ({ file, target }: Import) => `${file} imports ${target}`;

describe("the import direction", () => {
  it("keeps the cloud, the model runtime, SQL and telemetry out of the domain", () => {
    const outside = /^(@azure\/|onnxruntime|@duckdb\/|applicationinsights|@opentelemetry\/)/;
    const offenders = shared
      .filter(isDomain)
      .flatMap(importsOf)
      .filter(({ target }) => outside.test(target));
    expect(offenders.map(show)).toEqual([]);
  });

  it("lets only the composition root know the adapters", () => {
    const adapterFiles = /^shared\/(azure|sql)\/|^shared\/onnx\/runtime$/;
    const offenders = shared
      .filter(isDomain)
      .flatMap(importsOf)
      .filter(({ target }) => adapterFiles.test(target));
    expect(offenders.map(show)).toEqual([]);
  });

  it("keeps each outside package in its own adapter folder", () => {
    const homes: [RegExp, string][] = [
      [/^onnxruntime/, "shared/onnx/"],
      [/^@duckdb\//, "shared/sql/"],
      [/^(applicationinsights|@opentelemetry\/)/, "shared/azure/"],
      [/^@azure\/(storage|data|identity)/, "shared/azure/"],
    ];
    const offenders = shared
      .flatMap(importsOf)
      .filter(({ file, target }) => homes.some(([name, home]) => name.test(target) && !file.startsWith(home)));
    expect(offenders.map(show)).toEqual([]);
  });

  it("reads the environment in one place only", () => {
    const readers = [...shared, ...functions].filter((file) =>
      /process\.env/.test(readFileSync(path.join(root, file), "utf8")),
    );
    expect(readers).toEqual(["shared/config.ts"]);
  });

  it("never lets shared code know the functions, the tools or the tests", () => {
    const offenders = shared
      .flatMap(importsOf)
      .filter(({ target }) => /^(functions|tools|tests|models)\//.test(target));
    expect(offenders.map(show)).toEqual([]);
  });

  it("never lets product code know the development tools", () => {
    const offenders = functions.flatMap(importsOf).filter(({ target }) => /^(tools|tests)\//.test(target));
    expect(offenders.map(show)).toEqual([]);
  });

  it("keeps the use case that ships out of all code", () => {
    const weather = /weather|temperature|humidity|\brain\b|turku/i;
    const offenders = [...shared, ...functions, ...tools.filter((file) => !/^tools\/(bench|data)\//.test(file))].filter(
      (file) => weather.test(readFileSync(path.join(root, file), "utf8")),
    );
    expect(offenders).toEqual([]);
  });
});
