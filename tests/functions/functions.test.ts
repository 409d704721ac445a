import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LoadedFunctions } from "./loadedFunctions";

let functions: LoadedFunctions;
beforeAll(async () => {
  functions = await LoadedFunctions.start();
});
afterAll(() => functions?.stop());

/** A route whose parameters have no names: the README shortens them. */
const unnamed = (route: string) => `/${route.replace(/^\//, "").replace(/\{\w+\??\}/g, "{}")}`;

/** `METHOD /route key` for every address in the README's table. */
function documentedAddresses(): string[] {
  const rows = readFileSync("README.md", "utf8").matchAll(/^\| (`(?:GET|POST|PUT) .*?) \| (\w+) \|/gm);
  return [...rows].flatMap(([, addresses, key]) =>
    [...addresses.matchAll(/`(\w+) (\S+)`/g)].map(([, method, route]) => `${method} ${unnamed(route)} ${key}`),
  );
}

describe("the functions", () => {
  it("with HTTP triggers are those of the README, each with the key named there", () => {
    const levels: Record<string, string> = { anonymous: "none" };
    const registered = [...functions.triggers.values()]
      .filter(({ type }) => type === "httpTrigger")
      .flatMap(({ methods, route, authLevel }) =>
        (methods as string[]).map((method) => {
          const level = String(authLevel);
          return `${method} ${unnamed(String(route))} ${levels[level] ?? level}`;
        }),
      );
    expect(registered.sort()).toEqual(documentedAddresses().sort());
  });

  it("without HTTP triggers wait for three inboxes, four queues with their poison queues, and timers", () => {
    const waiting = [...functions.triggers].filter(([, { type }]) => type !== "httpTrigger");
    expect(
      Object.fromEntries(waiting.map(([name, { path, queueName, schedule }]) => [name, path ?? queueName ?? schedule])),
    ).toEqual({
      registerDataset: "datasets-inbox/{usecase}/{file}",
      registerModel: "models-inbox/{model}/{file}.onnx",
      receiveFeedback: "feedback-inbox/{model}/{file}",
      planTraining: "training-plan",
      trainCandidate: "training-candidate",
      finishTraining: "training-finish",
      deliver: "deliveries",
      "poison-deliveries": "deliveries-poison",
      "poison-training-plan": "training-plan-poison",
      "poison-training-candidate": "training-candidate-poison",
      "poison-training-finish": "training-finish-poison",
      "poison-webjobs-blobtrigger": "webjobs-blobtrigger-poison",
      drift: "0 5 * * * *",
      rollUp: "0 2 * * * *",
      retention: "0 45 3 * * *",
      retrain: "0 5,20,35,50 * * * *",
      reconcile: "0 */10 * * * *",
      sweep: "30 * * * * *",
    });
  });
});

describe("a request that cannot be answered", () => {
  const missing = { model: "nothing", version: "1", alias: "champion", id: "nothing.x" };
  it.each([
    ["startRun", { body: { usecase: 7 } }, 400, "usecase"],
    ["startRun", { body: { usecase: "coffee-grade", now: true } }, 400, "now"],
    ["startRun", { body: "{" }, 400, ""],
    ["moveAlias", { params: { ...missing, alias: "king" }, body: { version: 1, reason: "x" } }, 400, "alias"],
    ["moveAlias", { params: missing, body: { version: 0, reason: "x", actor: "Ada" } }, 400, "version"],
    ["moveAlias", { params: missing, body: { version: 1, reason: "  ", actor: "Ada" } }, 400, "reason"],
    ["moveAlias", { params: missing, body: { version: 1, reason: "x", actor: " " } }, 400, "actor"],
    ["moveAlias", { params: missing, body: { version: 1, reason: "x" } }, 400, "actor"],
    ["cancelRun", { params: missing, body: { reason: "x" } }, 400, "actor"],
    ["cancelRun", { params: missing, body: { actor: "Ada" } }, 400, "reason"],
    ["startRun", { body: { usecase: "coffee-grade", actor: " " } }, 400, "actor"],
    ["withdrawDataset", { params: { usecase: "coffee-grade", version: "abc" } }, 400, "version"],
    ["listAlerts", { query: { limit: "0" } }, 400, "limit"],
    ["getAudit", { params: missing, query: { limit: "many" } }, 400, "limit"],
    ["modelCard", { params: missing, query: { format: "pdf" } }, 400, "format"],
  ])("is told which field is wrong: %s %j", async (name, request, status, path) => {
    const answer = await functions.http(name, request);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ code: "invalid_input", requestId: expect.any(String) });
    expect(answer.json.error).not.toBe("");
    expect(answer.json.details[0].path).toBe(path);
  });

  const whole = "limit: a whole number from 1 to 1000 is needed, given once";
  it.each([
    [
      "listDatasets",
      { query: { foo: "1" } },
      "foo: unknown query parameter: this address takes usecase, limit, cursor",
    ],
    ["health", { query: { foo: "1" } }, "foo: unknown query parameter: this address takes none"],
    ["listRuns", { query: { limit: "abc" } }, whole],
    ["listRuns", { query: { limit: "1,2" } }, whole],
    ["listAlerts", { query: { limit: "1.5" } }, whole],
    ["moveAlias", { params: { ...missing, alias: "foo" } }, 'alias: use one of "champion", "challenger"'],
    ["withdrawDataset", { params: { usecase: "coffee-grade", version: "abc" } }, "version: a version number is needed"],
    [
      "startRun",
      { body: '{\n  "usecase": NaN}' },
      "the body is not valid JSON (line 2, column 14): JSON has no such value: write null where it is unknown",
    ],
  ])("is told what would be right: %s %j", async (name, request, error) => {
    expect(await functions.http(name, request)).toMatchObject({ status: 400, json: { error } });
  });

  it("is told which models it can name if there is no default", async () => {
    const answer = await functions.http("score", { body: { rows: [] } });
    expect(answer).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining("name the model in the path") },
    });
  });

  it("is told that there is no alert with an id", async () => {
    const answer = await functions.http("closeAlert", { params: missing, body: { reason: "x", actor: "Ada" } });
    expect(answer).toMatchObject({ status: 404, json: { error: expect.stringContaining("GET /alerts") } });
  });

  it.each(["getModelVersion", "modelCard", "explainVersion", "getRun", "cancelRun"])(
    "is told what does not exist: %s",
    async (name) => {
      const body = name === "cancelRun" ? { reason: "x", actor: "Ada" } : undefined;
      const answer = await functions.http(name, { params: missing, body });
      expect(answer.status).toBe(404);
      expect(answer.json.error).toContain("nothing");
    },
  );
});

describe("an impossible name", () => {
  const names = { long: "a".repeat(7000), control: "a\u0001b", slash: "a/b", quote: "a'b", half: "a\ud800", empty: "" };
  const places: [string, (name: string) => { params?: Record<string, string>; query?: Record<string, string> }][] = [
    ["score", (model) => ({ params: { model } })],
    ["explain", (model) => ({ params: { model } })],
    ["getModelVersion", (model) => ({ params: { model, version: "1" } })],
    ["getModelVersion", (version) => ({ params: { model: "coffee-grade", version } })],
    ["modelCard", (model) => ({ params: { model, version: "1" } })],
    ["explainVersion", (model) => ({ params: { model, version: "champion" } })],
    ["moveAlias", (model) => ({ params: { model, alias: "champion" } })],
    ["getRun", (id) => ({ params: { id } })],
    ["cancelRun", (id) => ({ params: { id } })],
    ["listRuns", (usecase) => ({ query: { usecase } })],
    ["listDatasets", (usecase) => ({ query: { usecase } })],
    ["listAlerts", (subject) => ({ query: { subject } })],
    ["listModels", (model) => ({ query: { model } })],
    ["getAudit", (model) => ({ params: { model } })],
    ["getMonitors", (model) => ({ params: { model } })],
  ];
  const body = { version: 1, reason: "a test", actor: "Ada", rows: [{}] };
  it.each(places)("is not a fault of the app: %s %o", async (functionName, place) => {
    for (const name of Object.values(names)) {
      const answer = await functions.http(functionName, { ...place(name), body });
      expect(answer.status, `${functionName} ${name.slice(0, 9)} ${JSON.stringify(answer.json)}`).toBeLessThan(500);
    }
  });
});

describe("a blob event that arrives twice", () => {
  it("registers its dataset once", async () => {
    const bytes = readFileSync("models/coffee-grade/sample.csv");
    for (const file of ["lots.csv", "lots.csv", "the-same-lots.csv"])
      await functions.run("registerDataset", { bytes }, { BlobTrigger: `datasets-inbox/coffee-grade/${file}` });
    const { json } = await functions.http("listDatasets", { query: { usecase: "coffee-grade" } });
    expect(json.datasets).toMatchObject([{ version: 1, file: "lots.csv", rowCount: 1200 }]);
    const { json: runs } = await functions.http("listRuns", { query: { usecase: "coffee-grade" } });
    expect(runs.runs).toMatchObject([{ id: "coffee-grade.data-v1", status: "queued" }]);
  });
});

describe("a file name that is valid JSON", () => {
  /** What the host passes: the full path, and the pattern's parameters as texts that the programming model parses. */
  const metadata = (folder: string, file: string, inbox: string) => ({
    BlobTrigger: `${inbox}/${folder}/${file}`,
    ...(inbox === "models-inbox" ? { model: folder, file: file.replace(/\.onnx$/, "") } : { usecase: folder, file }),
  });

  it.each(["2024", "true", "null", "[1]", '{"a":1}', "1e3.csv"])("is kept for a dataset: %s", async (file) => {
    const bytes = Buffer.from(`rows of ${file}`);
    await functions.run("registerDataset", { bytes }, metadata("coffee-grade", file, "datasets-inbox"));
    const { json } = await functions.http("listDatasets", { query: { usecase: "coffee-grade" } });
    expect(json.rejected.map((one: { file: string }) => one.file)).toContain(file);
  });

  it.each(["1.0", "007", "true"])("is kept for a model: %s.onnx", async (name) => {
    const file = `${name}.onnx`;
    await functions.run("registerModel", { bytes: Buffer.from(name) }, metadata("my-model", file, "models-inbox"));
    const { json } = await functions.http("listAlerts", { query: { subject: "my-model", status: "open" } });
    expect(json.alerts[0].evidence.file).toBe(`my-model/${file}`);
  });

  it("is kept for a folder", async () => {
    const place = metadata("2024", "rows.csv", "datasets-inbox");
    await functions.run("registerDataset", { bytes: Buffer.from("x") }, place);
    const { json } = await functions.http("listDatasets", { query: { usecase: "unknown-usecase" } });
    expect(json.rejected[0].file).toBe("2024/rows.csv");
  });
});

describe("an alert", () => {
  it("is closed once by a person with a name and a reason", async () => {
    await functions.run("poison-training-finish", { string: "no run" });
    const { json } = await functions.http("listAlerts", { query: { status: "open", subject: "tidegate", limit: "1" } });
    const [{ id }] = json.alerts;
    expect(encodeURIComponent(id)).toBe(id);
    const close = (body: object) => functions.http("closeAlert", { params: { id }, body });
    expect(await close({ reason: "seen" })).toMatchObject({ status: 400, json: { details: [{ path: "actor" }] } });
    expect(await close({ reason: "seen", actor: "Ada" })).toMatchObject({
      status: 200,
      json: { id, status: "resolved", closedBy: "Ada", closeReason: "seen" },
    });
    expect(await close({ reason: "seen", actor: "Ada" })).toMatchObject({ status: 409 });
  });

  it("is acknowledged, silenced and shown with its state", async () => {
    await functions.run("poison-training-plan", { string: "no run" });
    const { json } = await functions.http("listAlerts", { query: { status: "open", subject: "tidegate", limit: "1" } });
    const [{ id }] = json.alerts;
    const by = { reason: "seen", actor: "Ada" };
    const ask = (name: string, body?: object | string) => functions.http(name, { params: { id }, body });
    expect(await ask("acknowledgeAlert", by)).toMatchObject({ status: 200, json: { state: "acknowledged" } });
    expect(await ask("acknowledgeAlert", by)).toMatchObject({ status: 409 });
    for (const [body, path] of [
      [by, "until"],
      [{ ...by, hours: 1, until: "2999-01-01T00:00:00Z" }, "until"],
      [{ ...by, hours: -1 }, "hours"],
      [{ ...by, hours: 1e300 }, "hours"],
      [{ ...by, until: "2001-01-01T00:00:00Z" }, "until"],
      [{ ...by, until: "tomorrow" }, "until"],
      [{ ...by, until: { toString: 1 } }, "until"],
      [{ hours: 1, reason: "seen" }, "actor"],
    ] as const)
      expect(await ask("silenceAlert", body)).toMatchObject({ status: 400, json: { details: [{ path }] } });
    expect(await ask("silenceAlert", '{"hours":')).toMatchObject({ status: 400 });
    expect(await ask("silenceAlert", { ...by, hours: 2 })).toMatchObject({ status: 200, json: { state: "silenced" } });
    expect(await ask("getAlert")).toMatchObject({
      status: 200,
      json: { id, state: "silenced", silence: { by: "Ada" } },
    });
    expect(await ask("unsilenceAlert", by)).toMatchObject({ status: 200, json: { state: "acknowledged" } });
    const decided = await functions.http("decideAlertAction", {
      params: { id, action: "webhook:runbook" },
      body: { ...by, decision: "approve" },
    });
    expect(decided).toMatchObject({ status: 404, json: { error: expect.stringContaining("no action of that name") } });
    expect(await ask("decideAlertAction", { ...by, decision: "maybe" })).toMatchObject({
      ...{ status: 400, json: { details: [{ path: "decision" }] } },
    });
    await ask("closeAlert", by);
    const missing = await functions.http("getAlert", { params: { id: "tidegate.x" } });
    expect(missing.status).toBe(404);
  });

  it("that is open is found behind resolved ones with any limit", async () => {
    await functions.run("poison-training-plan", { string: "no run" });
    await functions.run("poison-training-candidate", { string: "no run" });
    const open = async (limit: string) =>
      (await functions.http("listAlerts", { query: { status: "open", subject: "tidegate", limit } })).json.alerts;
    const [{ id }] = await open("1");
    await functions.http("closeAlert", { params: { id }, body: { reason: "seen", actor: "Ada" } });
    expect(await open("1")).toMatchObject([{ status: "open" }]);
  });
});

describe("a malformed queue message", () => {
  it.each(["planTraining", "trainCandidate", "finishTraining"])(
    "fails, so that it ends in the poison queue: %s",
    async (name) => {
      await expect(functions.run(name, { string: '{"runId":7}' })).rejects.toThrow("runId");
    },
  );

  it("raises an alert once it is in the poison queue", async () => {
    await functions.run("poison-training-plan", { string: '{"runId":7}' });
    const { json } = await functions.http("listAlerts", { query: { status: "open" } });
    expect(json.alerts).toContainEqual(expect.objectContaining({ subject: "tidegate", rule: "poison-training-plan" }));
  });
});

describe("the timers", () => {
  it.each(["drift", "rollUp", "retention", "retrain", "reconcile", "sweep"])(
    "have nothing to do before there is a model: %s",
    async (name) => {
      await functions.run(name, { json: '{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}' });
      expect((await functions.http("health", {})).json).toMatchObject({ status: "ok" });
      expect((await functions.http("readiness", {})).json).toEqual({ status: "ready", reasons: [], pausedVersions: 0 });
      expect((await functions.http("listRuns", { query: { usecase: "weather" } })).json).toEqual({ runs: [] });
    },
  );
});
