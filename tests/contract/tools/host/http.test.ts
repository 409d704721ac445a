import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, isExternal, openTarget, runNow, type Target, take } from "./target";

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target?.stop());

/** Posts a body without Content-Length, and gives the answer's text. */
const chunked = (path: string, text: string) =>
  new Promise<string>((resolve, reject) => {
    const sent = request(`${target.url}${path}`, { method: "POST" }, (response) => {
      response.setEncoding("utf8").on("data", resolve);
    });
    sent.on("error", reject);
    sent.write(text);
    sent.end();
  });

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  fetch(`${target.url}${path}`, { method, headers });

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#http-auth
describe("keys and levels", () => {
  test("the function level refuses a call without a key, with 401 and no body", async () => {
    const response = await get("/api/functionLevel");
    expect(response.status).toBe(401);
    expect(await response.text()).toBe("");
  });

  test("the function level takes the function key and the master key, in the header or as ?code=", async () => {
    const { master, function: key } = target.keys;
    expect((await get("/api/functionLevel", { "x-functions-key": key })).status).toBe(200);
    expect((await get("/api/functionLevel", { "x-functions-key": master })).status).toBe(200);
    expect((await get(`/api/functionLevel?code=${encodeURIComponent(key)}`)).status).toBe(200);
  });

  test("the admin level takes the master key only", async () => {
    expect((await get("/api/adminLevel", { "x-functions-key": target.keys.function })).status).toBe(401);
    expect((await get("/api/adminLevel", { "x-functions-key": target.keys.master })).status).toBe(200);
  });

  // AuthenticationLevelHandler.cs of https://github.com/Azure/azure-functions-host looks at the header first.
  test("the header wins over ?code=", async () => {
    const right = encodeURIComponent(target.keys.function);
    expect((await get(`/api/functionLevel?code=${right}`, { "x-functions-key": "wrong" })).status).toBe(401);
    expect((await get("/api/functionLevel?code=wrong", { "x-functions-key": target.keys.function })).status).toBe(200);
  });
});

/** The status line's number of a request that is sent as it stands. */
function sendRaw(lines: string[]): Promise<number> {
  const { port } = new URL(target.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.once("data", (chunk) => {
      resolve(Number(chunk.toString("latin1").slice(9, 12)));
      socket.destroy();
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed without an answer")));
  });
}

describe.skipIf(isExternal)("a malformed request", () => {
  test.each(["a b", "host:99999", "[::1", "a/b", "user@host", "", "%"])("with the Host %j is 400", async (host) => {
    expect(await sendRaw(["GET /api/empty HTTP/1.1", `Host: ${host}`])).toBe(400);
  });

  test.each(["*", "api/empty", "ftp://host/api/empty", "http://", "http://user@host/api/empty", "http://[/api/empty"])(
    "with the target %j is 400",
    async (path) => {
      expect(await sendRaw([`GET ${path} HTTP/1.1`, "Host: host"])).toBe(400);
    },
  );

  test("with its target in absolute form is served", async () => {
    expect(await sendRaw(["GET http://host:1234/api/empty?a=1 HTTP/1.1", "Host: other"])).toBe(200);
    expect(await sendRaw(["GET HTTP://host HTTP/1.1", "Host: other"])).toBe(404);
  });

  test("with a path that cannot be decoded, or parameters without end, is 404", async () => {
    expect(await sendRaw(["GET /api/things/%E0%A4%A/1 HTTP/1.1", "Host: host"])).toBe(404);
    expect(await sendRaw([`GET /api/things/${"a".repeat(10_000)}/1 HTTP/1.1`, "Host: host"])).toBe(404);
  });
});

// https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#customize-the-http-endpoint
describe("routes", () => {
  test("an unknown route and a method that is not declared are 404", async () => {
    expect((await get("/api/nowhere")).status).toBe(404);
    expect((await get("/empty")).status).toBe(404);
    expect((await get("/api/posted")).status).toBe(404);
    expect((await get("/api/posted", {}, "POST")).status).toBe(200);
  });

  test("GET and POST are declared when nothing is", async () => {
    expect((await get("/api/empty")).status).toBe(200);
    expect((await get("/api/empty", {}, "POST")).status).toBe(200);
    expect((await get("/api/empty", {}, "PUT")).status).toBe(404);
  });

  test("parameters arrive by name, an optional one may be missing, a failed constraint is 404", async () => {
    expect(await (await get("/api/things/Big/12")).json()).toMatchObject({ kind: "Big", id: "12" });
    expect(await (await get("/api/things/a%20b/12/more")).json()).toEqual({ kind: "a b", id: "12", extra: "more" });
    expect((await get("/api/things/big/twelve")).status).toBe(404);
    expect((await get("/api/things/big")).status).toBe(404);
  });

  test("a catch-all takes the rest of the path; literals ignore case", async () => {
    expect(await (await get("/api/rest/a/b/c")).json()).toEqual({ path: "a/b/c" });
    expect((await get("/API/Empty")).status).toBe(200);
  });
});

// https://learn.microsoft.com/azure/azure-functions/functions-reference-node#http-response
describe("requests and responses", () => {
  test("an empty response object is 200 without a body, no return value is 204, a throw is 500", async () => {
    const empty = await get("/api/empty");
    expect([empty.status, await empty.text()]).toEqual([200, ""]);
    expect((await get("/api/nothing")).status).toBe(204);
    const thrown = await get("/api/throws");
    expect(thrown.status).toBe(500);
    expect(await thrown.text()).not.toContain("on purpose");
  });

  test("method, URL, query, headers and raw bytes reach the function", async () => {
    const body = Buffer.from([0, 1, 255, 10]);
    const response = await fetch(`${target.url}/api/echo?a=1&b=x%20y&empty=`, {
      method: "PUT",
      headers: { "x-sent": "hello", "content-type": "application/octet-stream" },
      body,
    });
    expect(await response.json()).toMatchObject({
      method: "PUT",
      url: `${target.url}/api/echo?a=1&b=x%20y&empty=`,
      query: [
        ["a", "1"],
        ["b", "x y"],
        ["empty", ""],
      ],
      header: "hello",
      bodyBase64: body.toString("base64"),
    });
  });

  test("status, headers and several cookies reach the caller", async () => {
    const response = await get("/api/echo");
    expect(response.status).toBe(201);
    expect(response.headers.get("x-echo")).toBe("yes");
    const [first, second] = response.headers.getSetCookie().map((cookie) => cookie.toLowerCase());
    expect(first).toMatch(/^a=1; .*path=\/.*httponly/);
    expect(second).toMatch(/^b=2; .*samesite=lax/);
  });

  test("several headers of one name arrive joined", async () => {
    const joined = await new Promise<string>((resolve, reject) => {
      const sent = request(`${target.url}/api/echo`, { headers: { "x-sent": ["one", "two"] } }, (response) => {
        response.setEncoding("utf8").on("data", (chunk) => resolve((JSON.parse(chunk) as { header: string }).header));
      });
      sent.on("error", reject).end();
    });
    expect(joined.split(/, ?/)).toEqual(["one", "two"]);
  });

  // The host passes the W3C trace on: https://github.com/Azure/azure-functions-language-worker-protobuf,
  // RpcTraceContext
  test("the caller's trace reaches the function", async () => {
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const seen = await (await get("/api/context", { traceparent: `00-${trace}-00f067aa0ba902b7-01` })).json();
    expect(seen).toMatchObject({ functionName: "context", invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect((seen as { trace: { traceParent: string } }).trace.traceParent).toContain(trace);
  });

  // https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits
  test("a body announced over 100 MiB is 413", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = { method: "POST", headers: { "content-length": 100 * 1024 * 1024 + 1 } };
      const sent = request(`${target.url}/api/echo`, options, (response) => resolve(response.statusCode));
      sent.on("error", reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
  });

  // https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-output
  test("an HTTP function's queue output becomes messages, one for each element of an array", async () => {
    const marks = ["first", "second"].map((name) => `${name}-${process.pid}`);
    const body = JSON.stringify(marks.map((mark) => ({ mark })));
    expect((await fetch(`${target.url}/api/enqueues`, { method: "POST", body })).status).toBe(202);
    for (const mark of marks) {
      expect(JSON.parse(await take(target, "contract-enqueued", (text) => text.includes(mark)))).toEqual({ mark });
    }
  });

  test.skipIf(isExternal)(
    "a chunked body is accepted with one warning, since the real host would drop it",
    async () => {
      for (const text of ["one", "two"]) {
        expect(JSON.parse(await chunked(`/api/echo?code=${target.keys.master}`, text))).toMatchObject({
          bodyBase64: Buffer.from(text).toString("base64"),
        });
      }
      expect(target.lines.filter((line) => line.includes("came chunked"))).toHaveLength(1);
    },
  );
});

describe.skipIf(isExternal)("the log", () => {
  test("holds no caller's key: of a chunked request, of a malformed Host, of a function that throws it", async () => {
    const { master, function: key } = target.keys;
    await chunked(`/api/echo?code=${master}`, "body");
    await sendRaw([`GET /api/empty?code=${master} HTTP/1.1`, `Host: [${key}`]);
    await get(`/api/throwsUrl?code=${encodeURIComponent(key)}`);
    await eventually("the failure's line", async () => target.lines.find((line) => line.includes("[throwsUrl]")));
    for (const secret of [master, key]) expect(target.lines.filter((line) => line.includes(secret))).toEqual([]);
    expect(target.lines.join("\n")).toContain("code=***");
  });
});

// https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
describe("the admin endpoints", () => {
  test("need the master key", async () => {
    expect((await runNow(target, "yearly", {}, "")).status).toBe(401);
    expect((await runNow(target, "yearly", {}, target.keys.function)).status).toBe(401);
    expect((await get("/admin/host/status")).status).toBe(401);
  });

  test("answer 404 for an unknown function", async () => {
    expect((await runNow(target, "nobody", {})).status).toBe(404);
  });

  test("tell the host's state and its functions", async () => {
    const master = { "x-functions-key": target.keys.master };
    expect(await (await get("/admin/host/status", master)).json()).toMatchObject({ state: "Running" });
    const functions = (await (await get("/admin/functions", master)).json()) as { name: string }[];
    expect(functions.map(({ name }) => name)).toEqual(expect.arrayContaining(["empty", "takesMessage", "yearly"]));
  });
});
