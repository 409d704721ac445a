import { describe, expect, it } from "vitest";
import type { CaptureEntry } from "../../../shared/capture/captureLine";
import { AppError } from "../../../shared/errors";
import { readSignature } from "../../../shared/onnx/signature";
import type { TensorValue } from "../../../shared/ports";
import type { ModelVersion } from "../../../shared/registry/modelVersion";
import { ErrorEvents } from "../../../shared/serving/errorEvents";
import { ModelLoader } from "../../../shared/serving/loader";
import { predict } from "../../../shared/serving/predict";
import { type ScorePorts, type ScoreRequest, scoreRequest } from "../../../shared/serving/scoreRequest";
import type { ServingModel } from "../../../shared/serving/servingModel";
import { wireFormat } from "../../../shared/serving/wire/registry";
import type { WireFormat } from "../../../shared/serving/wire/wireFormat";
import { ColumnMasks } from "../../../shared/usecase/columnMasks";
import type { Usecase } from "../../../shared/usecase/loadUsecases";
import { RecordedTelemetry } from "../../support/recordedTelemetry";

const graph = {
  inputs: [{ name: "x", datatype: "FP32" as const, shape: [-1, 1] }],
  outputs: [{ name: "y", datatype: "FP32" as const, shape: [-1, 1] }],
};
const signature = readSignature(graph, [
  { name: "size", type: "number", nullable: true, domain: { max: 10, sentinels: [-1] } },
]);

/** Doubles what it is given, and what is missing is 0. */
const double = async ({ x }: Record<string, TensorValue>): Promise<Record<string, TensorValue>> => ({
  y: { ...x, data: Float32Array.from(x.data as Float32Array, (value) => (Number.isNaN(value) ? 0 : 2 * value)) },
});

const noAlerts = {
  raise: async () => {
    throw new Error("no alert is expected");
  },
  resolveWhere: async () => undefined,
};

/** A registry that has version 3 of "fruit", and a log that keeps what it is told. */
interface Options {
  invalid?: "missing" | "reject";
  format?: WireFormat;
  run?: ServingModel["run"];
  /** capture is switched off */
  isUncaptured?: boolean;
}

function world(options: Options = {}) {
  const state = { released: 0, entries: [] as CaptureEntry[], written: undefined as Promise<void> | undefined };
  const telemetry = new RecordedTelemetry();
  const run = options.run ?? double;
  const { format } = options;
  const model: ServingModel = {
    ...graph,
    run: async (values) => (values.x.data[0] === 0 ? values : run(values)), // the loader warms it with zeros
    predict: async (request, signature) => {
      if (format === undefined) return predict({ run }, request, signature);
      const decoded = format.decode(request.body, request.headers ?? {}, signature);
      const outputs = [{ outputs: await run(decoded.tensors), rowCount: decoded.rowCount }];
      return { ...format.encode(outputs, { request, decoded, signature }), rowCount: decoded.rowCount };
    },
    release: async () => void state.released++,
  };
  const version = { model: "fruit", version: 3, sha256: "hash", signature } as ModelVersion;
  const loader = new ModelLoader({
    source: {
      resolve: async (name, reference) => {
        if (name !== "fruit") throw new AppError("not_found", `there is no model "${name}"`);
        if (reference === "away") throw new AppError("unavailable", "storage is away", { retryAfterSeconds: 2.5 });
        return 3;
      },
      version: async () => version,
      bytes: async () => new Uint8Array(1),
    },
    runtimeOf: () => ({ load: async () => model }),
    capacityBytes: 1e9,
  });
  const usecases = new Map(
    options.invalid
      ? [
          [
            "fruit",
            {
              spec: { scoring: { invalid: options.invalid }, columns: {}, derived: {}, features: [] },
            } as unknown as Usecase,
          ],
        ]
      : [],
  );
  const capture = {
    record: (entry: CaptureEntry) => {
      state.entries.push(entry);
      return state.written;
    },
  };
  const kept = options.isUncaptured ? undefined : capture;
  const errorEvents = new ErrorEvents({ telemetry, alerts: noAlerts, log: () => {} });
  const common = { loader, telemetry, errorEvents, usecases, masks: new ColumnMasks() };
  const ports: ScorePorts = { ...common, capture: kept, defaultModel: async () => "fruit" };
  const score = (asked: Partial<ScoreRequest>) =>
    scoreRequest(ports, {
      format: format ?? wireFormat("plain"),
      model: "fruit",
      body: "",
      requestId: "r-1",
      ...asked,
    });
  /** The version is dropped; it is released at once only where nobody holds it. */
  const isFree = () => {
    loader.forget(version);
    return state.released === 1;
  };
  return { state, telemetry, score, isFree };
}

const json = "application/json";
const rowsOf = (...values: unknown[]) => JSON.stringify({ data: values.map((value) => [value]) });

describe("a request that is answered", () => {
  it("gets the model, its version, the request's id and one prediction per row", async () => {
    const { score, isFree } = world();
    expect(await score({ body: rowsOf(1, 2.5) })).toEqual({
      status: 200,
      body: '{"model":"fruit","version":3,"requestId":"r-1","predictions":[{"value":2},{"value":5}]}',
      headers: { "content-type": json, "x-tidegate-version": "3" },
    });
    expect(isFree()).toBe(true);
  });

  it("is captured as it was sent, with the name of its format, and timed", async () => {
    const { score, state, telemetry } = world();
    const body = '{ "data":\n [[1]] }';
    await score({ body: async () => body });
    expect(state.entries).toEqual([
      {
        id: "r-1",
        model: "fruit",
        version: 3,
        status: 200,
        latencyMs: expect.any(Number),
        rows: 1,
        route: "champion",
        format: "plain",
        inputs: body,
        outputs: '{"value":[2]}',
        warnings: undefined,
        error: undefined,
      },
    ]);
    expect(telemetry.metrics).toEqual([
      {
        name: "scoring.latencyMs",
        value: state.entries[0].latencyMs,
        attributes: { model: "fruit", version: 3, status: 200 },
      },
    ]);
  });

  it("is answered and timed without a log, too", async () => {
    const { score, state, telemetry } = world({ isUncaptured: true });
    expect((await score({ body: rowsOf(1) })).status).toBe(200);
    expect([state.entries.length, telemetry.metrics.length]).toEqual([0, 1]);
  });

  it("is answered by the default model if it names none, and by the version that it pins", async () => {
    const { score, state } = world();
    expect((await score({ model: undefined, pin: "3", body: rowsOf(1) })).status).toBe(200);
    expect(state.entries[0]).toMatchObject({ model: "fruit", route: "pinned" });
  });

  it("lists the cells that count as missing; the log and telemetry count them", async () => {
    const { score, state, telemetry } = world({ invalid: "missing" });
    const { status, body } = await score({ body: rowsOf(11, -1, -1) });
    expect(status).toBe(200);
    const { predictions, warnings } = JSON.parse(String(body));
    expect(predictions).toEqual([{ value: 0 }, { value: 0 }, { value: 0 }]);
    expect(warnings.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`)).toEqual([
      "data[0][0] out_of_range",
      "data[1][0] sentinel",
      "data[2][0] sentinel",
    ]);
    expect(state.entries[0].warnings).toEqual({ out_of_range: 1, sentinel: 2 });
    const counted = telemetry.metrics.filter(({ name }) => name === "scoring.warnings");
    expect(counted.map(({ value, attributes }) => [attributes.code, value])).toEqual([
      ["out_of_range", 1],
      ["sentinel", 2],
    ]);
  });

  it("waits for a durable log, and is refused if it cannot be written, but captured only once", async () => {
    const { score, state, isFree } = world();
    let write = () => {};
    state.written = new Promise((resolve) => {
      write = resolve;
    });
    let isAnswered = false;
    const waiting = score({ body: rowsOf(1) }).then(() => {
      isAnswered = true;
    });
    await expect.poll(() => state.entries.length).toBe(1);
    expect(isAnswered).toBe(false);
    write();
    await waiting;
    state.written = Promise.reject(new AppError("unavailable", "not recorded: send it again"));
    const refused = await score({ body: rowsOf(1) });
    expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(state.entries.map(({ status }) => status)).toEqual([200, 200]);
    expect(isFree()).toBe(true);
  });
});

describe("a request that is refused", () => {
  it.each<[string, Partial<ScoreRequest>, number, string, object]>([
    ["a cell at fault", { body: rowsOf("a") }, 400, "invalid_input", { version: 3 }],
    ["a body that is not JSON", { body: "{" }, 400, "invalid_input", { version: 3 }],
    ["a model that nobody has", { model: "stone", body: rowsOf(1) }, 404, "not_found", { model: "stone", version: 0 }],
    [
      "more rows than allowed, for whatever model",
      { model: "stone", body: `{"data":[${"[],".repeat(100_000)}[]]}` },
      413,
      "too_large",
      { version: 0 },
    ],
    ["storage that is away", { pin: "away", body: rowsOf(1) }, 503, "unavailable", { route: "pinned" }],
  ])("gets a problem, and is captured and counted: %s", async (_name, asked, status, code, entry) => {
    const { score, state, telemetry } = world();
    const reply = await score(asked);
    expect(reply.status).toBe(status);
    expect(reply.headers).toEqual({ "content-type": json, ...(status === 503 && { "retry-after": "3" }) });
    const problem = JSON.parse(String(reply.body));
    expect(problem).toMatchObject({ code, requestId: "r-1", error: expect.stringMatching(/\w/) });
    expect(state.entries).toEqual([
      expect.objectContaining({
        status,
        rows: 0,
        outputs: undefined,
        error: problem.error,
        inputs: asked.body,
        ...entry,
      }),
    ]);
    expect(telemetry.metrics.map(({ name }) => name)).toEqual(["scoring.latencyMs", "scoring.failures"]);
  });

  it("says what is wrong if the body cannot be read, and is captured without one", async () => {
    const { score, state } = world();
    const body = async () => {
      throw new AppError("too_large", "the body has 9 bytes; the limit is 8");
    };
    expect(await score({ body })).toMatchObject({ status: 413 });
    expect(state.entries).toMatchObject([{ status: 413, inputs: "", model: "fruit" }]);
  });

  it("may be one with invalid values, each named and counted, if the use case says so", async () => {
    const { score, state, isFree } = world({ invalid: "reject" });
    const { status, body } = await score({ body: rowsOf(1, 11) });
    expect({ status, ...JSON.parse(String(body)) }).toMatchObject({ status: 400, details: [{ path: "data[1][0]" }] });
    expect(state.entries).toMatchObject([{ status: 400, rows: 0, warnings: { out_of_range: 1 } }]);
    expect(isFree()).toBe(true);
  });

  it("rethrows a bug, is captured without its reason, and releases the version", async () => {
    const bug = new TypeError("secret");
    const { score, state, isFree } = world({ run: () => Promise.reject(bug) });
    await expect(score({ body: rowsOf(1) })).rejects.toBe(bug);
    expect(state.entries).toMatchObject([{ status: 500, version: 3 }]);
    expect(state.entries[0].error).not.toContain("secret");
    expect(isFree()).toBe(true);
  });
});

/** One row a byte, and the label of a reply in a header: nothing of it is JSON. */
const bytesFormat: WireFormat = {
  name: "bytes",
  contentTypes: ["application/octet-stream"],
  refuseTooLarge: (body) => {
    if (body.length > 4) throw new AppError("too_large", "more than 4 bytes");
  },
  decode: (body, headers) => {
    if (typeof body === "string") throw new AppError("invalid_input", "bytes are needed");
    const scale = Number(headers["x-scale"] ?? 1);
    const data = Float32Array.from(body, (byte) => scale * byte);
    return { rowCount: body.length, tensors: { x: { datatype: "FP32", shape: [body.length, 1], data } } };
  },
  encode: ([{ outputs, rowCount }], { request }) => {
    const body = Uint8Array.from(outputs.y.data as Float32Array);
    return {
      body,
      headers: { "content-type": "application/x-bytes", "x-of": request.model },
      log: `{"value":${rowCount}}`,
    };
  },
  problem: ({ code }) => ({ body: Buffer.from(code), headers: { "x-failed": "yes" } }),
  captured: (body, headers) => JSON.stringify({ headers, body: Buffer.from(body).toString("base64") }),
  rowsOf: () => undefined,
  contextOf: () => [],
  masked: () => undefined,
};

describe("a request in a format that is not JSON", () => {
  it("is decoded, answered and captured by its format alone", async () => {
    const { score, state } = world({ format: bytesFormat });
    const headers = { "x-scale": "3" };
    expect(await score({ body: Uint8Array.of(1, 2), headers })).toEqual({
      status: 200,
      body: Uint8Array.of(6, 12),
      headers: { "content-type": "application/x-bytes", "x-of": "fruit", "x-tidegate-version": "3" },
    });
    expect(state.entries[0]).toMatchObject({
      format: "bytes",
      rows: 2,
      inputs: '{"headers":{"x-scale":"3"},"body":"AQI="}',
      outputs: '{"value":2}',
    });
  });

  it("is refused in the words of its format", async () => {
    const { score } = world({ format: bytesFormat });
    const headers = { "content-type": "application/octet-stream", "x-failed": "yes" };
    expect(await score({ body: new Uint8Array(5) })).toEqual({ status: 413, body: Buffer.from("too_large"), headers });
    expect(await score({ body: "text" })).toEqual({ status: 400, body: Buffer.from("invalid_input"), headers });
  });
});

describe("what goes wrong with a request", () => {
  const eventsOf = async (options: Options, body: string) => {
    const { score, telemetry } = world(options);
    await score({ body }).catch(() => undefined);
    return telemetry.events.map(({ name, attributes, measurements }) => [
      name,
      measurements.ErrorCode,
      attributes.error_message,
    ]);
  };
  const broken = { ...wireFormat("plain") };
  const fails = (thrown: Error) => ({
    run: async () => {
      throw thrown;
    },
  });

  it.each([
    ["nothing, for a request that is answered", {}, rowsOf(1), []],
    ["nothing, for a body that is not one", {}, "[", []],
    ["nothing, for a value that counts as missing by declaration", {}, rowsOf(-1), []],
    [
      "a value of the wrong kind",
      {},
      rowsOf("7391"),
      [["ValueNotFound", 201, "data[0][0]: a number is needed (size)"]],
    ],
    ["a row without its values", {}, '{"data":[[]]}', [["ValueNotFound", 201, "data[0]: 1 values are needed: size"]]],
    [
      "a value out of range",
      {},
      rowsOf(1, 7391),
      [["OutOfBounds", 202, expect.stringMatching(/^data\[1\]\[0\]: .*above the maximum, 10/)]],
    ],
    [
      "a value out of range that is refused",
      { invalid: "reject" as const },
      rowsOf(7391),
      [["OutOfBounds", 202, expect.stringContaining("data[0][0]")]],
    ],
    [
      "rows that cannot be prepared",
      {
        format: {
          ...broken,
          decode: () => {
            throw new AppError("preparation_failed", "7391");
          },
        },
      },
      rowsOf(1),
      [["ScalingException", 301, "the rows could not be prepared"]],
    ],
    [
      "a model that fails",
      fails(new AppError("internal", "idx=7391")),
      rowsOf(1),
      [["InferenceException", 401, "the model failed on these rows"]],
    ],
    [
      "a model that takes too long",
      fails(new AppError("timeout", "it took more than 1 s")),
      rowsOf(1),
      [["InferenceException", 401, "it took more than 1 s"]],
    ],
    ["nothing, for a model that is paused", fails(new AppError("not_ready", "paused")), rowsOf(1), []],
  ])("is an event of its own: %s", async (_what, options, body, events) => {
    const sent = await eventsOf(options, body);
    expect(sent).toEqual(events);
    expect(JSON.stringify(sent)).not.toContain("7391");
  });
});
