import { existsSync, readdirSync, readFileSync } from "node:fs";
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

/** Every import of a file, of types too; relative ones resolved to a path from the root, without the ending. */
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
const show = ({ file, target }: Import) => `${file} imports ${target}`;

/**
 * The house, top floor first. A folder of shared/ (or a file that stands in no folder) imports from lower floors only;
 * what shares a floor does not know each other. A new folder gets its place here.
 */
const floors = [
  ["functions"],
  ["app"],
  ["loop"],
  ["storageNames"],
  ["report"],
  ["training", "card", "uploads", "dataWork"],
  ["checks", "explain", "onnxruntime", "truth"],
  ["serving"],
  ["registry", "capture", "service"],
  ["learners", "evaluation"],
  ["data"],
  ["usecase", "config"],
  ["monitoring"],
  ["alerts", "inbox"],
  ["ledger", "onnx", "azure", "sql", "page"],
  ["process", "problem", "checkInput", "requestJson", "documents", "charts"],
  ["math", "inputFaults", "featureTable", "ports"],
  [
    "errors",
    "figure",
    "instantText",
    "jsonFault",
    "ncrontab",
    "closestName",
    "names",
    "ownValue",
    "time",
    "timeLimit",
    "timeText",
    "telemetryNames",
    "packageRoot",
    "requestId",
  ],
];

/** The floors inside a folder of many rooms, top first; its own files that belong to no room go by their names. */
const rooms: Record<string, string[][]> = {
  "shared/learners": [
    ["registry"],
    ["kernel", "boosting", "ensemble"],
    ["forest", "linear", "fit", "calibration"],
    ["treeRows", "graph"],
    ["rows"],
    ["trainer"],
  ],
  "shared/serving": [
    ["pausedVersions"],
    ["scoreRequest", "versionBreakers"],
    ["capturedInputs", "errorEvents", "loader", "runGuard"],
    ["servingModel"],
    ["predict"],
    ["wire"],
    ["serving"],
  ],
  "shared/training": [["training"], ["reference"]],
  "shared/explain": [["explain"], ["shapley", "trees", "surrogate"], ["model"]],
  "shared/monitoring": [
    ["monitorStore", "monitorSettings"],
    ["signals"],
    ["performance", "integrity", "upstream", "magnitude", "relations", "threat", "service"],
    ["moments", "statistics"],
    ["calibration"],
    ["monitoring"],
    ["distances"],
  ],
  "shared/capture": [["windows"], ["capture"], ["counting"]],
  "shared/alerts": [
    ["deliveries"],
    ["alertChange", "changedDocument", "failureAlert", "sweepAlerts"],
    ["alertStore"],
    ["alertWriter"],
    ["dispatch"],
    ["actionPolicies"],
    ["actions", "channels"],
    ["message"],
    ["alerts"],
  ],
};

/** What may be imported of a family from outside it. */
const doors: Record<string, string[]> = {
  "shared/learners": ["registry", "trainer", "fit/fitModel", "graph/guardGraph"],
  "shared/monitoring/signals": ["registry", "service", "signal"],
  "shared/alerts/actions": ["registry", "action"],
  "shared/azure": [],
  "shared/onnxruntime": [],
  "shared/sql": ["columnNames", "openTableFile", "overLimit", "parsedText", "readingFile", "sqlText", "tableFile"],
  "shared/dataWork": [],
  "shared/serving/wire": ["registry", "wireFormat"],
};
/** builds adapters, in the app or in a process of its own, so that it goes through their doors */
const compositionRoot = [
  "shared/app.ts",
  "shared/config.ts",
  "functions/telemetry.ts",
  "shared/dataWork/dataProcess.ts",
];
const mostFilesAFolder = 40;

const withoutEnding = (file: string) => file.replace(/\.ts$/, "");

/** The folder of shared/ that a path lies in, or the file's own name; "functions" for the functions. */
function placeOf(target: string): string {
  const [top, place] = withoutEnding(target).split("/");
  return top === "functions" ? top : place;
}

/**
 * The room of a folder that a path lies in; for a file outside the rooms its own name, or the folder's where that is
 * what the table has.
 */
function roomOf(folder: string, target: string): string {
  const [room, file] = withoutEnding(target)
    .slice(folder.length + 1)
    .split("/");
  const known = rooms[folder].flat();
  return file === undefined && !known.includes(room) ? path.posix.basename(folder) : room;
}

/** Imports that do not go down, of places that `floor` numbers. */
function upwards(files: string[], place: (target: string) => string | undefined, table: string[][]): string[] {
  const floor = (name: string) => table.findIndex((names) => names.includes(name));
  return files.flatMap(importsOf).flatMap((one) => {
    const from = place(one.file);
    const to = place(one.target);
    if (from === undefined || to === undefined || from === to) return [];
    if (floor(from) < 0 || floor(to) < 0) return [`${show(one)}: one of them is in no floor of the table`];
    return floor(to) > floor(from) ? [] : [show(one)];
  });
}

/** Files on a way of imports that leads back to them. */
function circles(files: string[]): string[] {
  const importing = new Map(files.map((file) => [withoutEnding(file), importsOf(file).map(({ target }) => target)]));
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: string[]) => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(" -> "));
    if (done.has(file) || way.includes(file)) return;
    for (const target of importing.get(file) ?? []) if (importing.has(target)) visit(target, [...way, file]);
    done.add(file);
  };
  for (const file of importing.keys()) visit(file, []);
  return found;
}

describe("the house", () => {
  it("imports from lower floors only", () => {
    const inside = (target: string) => (/^(shared|functions)\//.test(target) ? placeOf(target) : undefined);
    expect(upwards([...shared, ...functions], inside, floors)).toEqual([]);
  });

  it("has every folder, and every file that stands in none, on a floor", () => {
    const places = [...new Set([...shared, ...functions].map(placeOf))].sort();
    expect(floors.flat().toSorted()).toEqual(places);
  });

  it("has every room of a folder in its table of rooms", () => {
    const found = shared.map((file) => path.dirname(file)).filter((folder) => folder.split("/").length > 2);
    const strange = [...new Set(found)].filter((folder) => {
      const known = rooms[path.posix.dirname(folder)] ?? [];
      return !known.flat().includes(path.posix.basename(folder));
    });
    expect(strange).toEqual([]);
  });

  it.each(Object.entries(rooms))("imports from lower rooms only in %s", (folder, table) => {
    const inside = (target: string) => (target.startsWith(`${folder}/`) ? roomOf(folder, target) : undefined);
    const files = shared.filter((file) => file.startsWith(`${folder}/`));
    expect(upwards(files, inside, table)).toEqual([]);
  });

  it("has no file that imports itself by way of others", () => {
    expect(circles([...shared, ...functions])).toEqual([]);
    expect(circles(tools)).toEqual([]);
  });

  it.each(Object.entries(doors))("opens no other door of %s than %j", (folder, open) => {
    const offenders = [...shared, ...functions]
      .filter((file) => !file.startsWith(`${folder}/`) && !compositionRoot.includes(file))
      .flatMap(importsOf)
      .filter(({ target }) => target.startsWith(`${folder}/`) && !open.includes(target.slice(folder.length + 1)));
    expect(offenders.map(show)).toEqual([]);
  });

  it(`has no folder of more than ${mostFilesAFolder} files`, () => {
    const counts = new Map<string, number>();
    for (const file of [...shared, ...functions, ...tools])
      counts.set(path.dirname(file), (counts.get(path.dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > mostFilesAFolder)).toEqual([]);
  });
});

describe("the import direction", () => {
  it("keeps each outside package in its own adapter folder", () => {
    const homes: [RegExp, string][] = [
      [/^onnxruntime/, "shared/onnxruntime/"],
      [/^@duckdb\//, "shared/sql/"],
      [/^(applicationinsights|@opentelemetry\/)/, "shared/azure/"],
      [/^@azure\/(storage|data|identity)/, "shared/azure/"],
    ];
    const offenders = shared
      .flatMap(importsOf)
      .filter(({ file, target }) => homes.some(([name, home]) => name.test(target) && !file.startsWith(home)));
    expect(offenders.map(show)).toEqual([]);
  });

  it("starts threads and processes from sources that are there", () => {
    const started = shared.flatMap((file) =>
      [...readFileSync(path.join(root, file), "utf8").matchAll(/compiledFile\("([^"]+)"\)/g)].map(([, name]) => name),
    );
    expect(started).not.toEqual([]);
    expect(started.filter((name) => !existsSync(path.join(root, `${name}.ts`)))).toEqual([]);
  });

  it("reads the environment in one place only", () => {
    const readers = [...shared, ...functions].filter((file) =>
      /process\.env/.test(readFileSync(path.join(root, file), "utf8")),
    );
    expect(readers).toEqual(["shared/config.ts"]);
  });

  it("takes the date and chance from the world in few places: the app's clock, adapters, old files, and pauses", () => {
    const takers = [...shared, ...functions].filter((file) =>
      /\bDate\.now\(\)|\bnew Date\(\)|\bMath\.random\b/.test(readFileSync(path.join(root, file), "utf8")),
    );
    expect(takers.filter((file) => !file.startsWith("shared/azure/")).sort()).toEqual([
      "shared/app.ts",
      "shared/ledger/retryConflict.ts",
      "shared/process/tempFolders.ts",
      "shared/serving/aliasFollower.ts",
    ]);
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

describe("the tests", () => {
  it.each(["unit", "contract"])("are in folders that shared/ or tools/ has, too: tests/%s", (kind) => {
    const folders = new Set(
      sources(`tests/${kind}`).map((file) => path.dirname(file).slice(`tests/${kind}`.length + 1)),
    );
    const known = new Set([...shared, ...tools].map((file) => path.dirname(file).replace(/^shared\/?/, "")));
    expect([...folders].filter((folder) => !known.has(folder))).toEqual([]);
  });
});

describe("lines of comment", () => {
  it("stay within the formatter's width, which breaks no line of them", () => {
    const { formatter } = JSON.parse(readFileSync(path.join(root, "biome.json"), "utf8")) as {
      formatter: { lineWidth: number };
    };
    const files = [...shared, ...functions, ...tools, ...sources("tests")].filter(
      (file) => !file.includes(".generated."),
    );
    const wide = files.flatMap((file) =>
      readFileSync(path.join(root, file), "utf8")
        .split("\n")
        .flatMap((line, at) => (isComment(line) && line.length > formatter.lineWidth ? [`${file}:${at + 1}`] : [])),
    );
    expect(wide).toEqual([]);
  });
});

/** A line that is a comment and nothing else; a directive cannot be broken. */
function isComment(line: string): boolean {
  return /^\s*(\/\/|\/?\*)/.test(line) && !line.includes("biome-ignore");
}
