// A fixture for the host contract: every function leaves in storage, or answers with, what it saw.
const { app, output } = require("@azure/functions");

const connection = "AzureWebJobsStorage";
const seen = output.storageQueue({ queueName: "contract-seen", connection });

app.http("empty", { handler: () => ({}) });
app.http("nothing", { handler: () => undefined });
app.http("throws", {
  handler: () => {
    throw new Error("on purpose");
  },
});
app.http("throwsUrl", {
  handler: ({ url }) => {
    throw new Error(`cannot work on ${url}`);
  },
});
app.http("functionLevel", { authLevel: "function", handler: () => ({ body: "in" }) });
app.http("adminLevel", { authLevel: "admin", handler: () => ({ body: "in" }) });
app.http("posted", { methods: ["POST"], handler: () => ({ body: "posted" }) });
app.http("routed", {
  route: "things/{kind}/{id:int}/{extra?}",
  handler: ({ params }) => ({ jsonBody: params }),
});
app.http("rest", { route: "rest/{*path}", handler: ({ params }) => ({ jsonBody: params }) });
app.http("echo", {
  methods: ["GET", "POST", "PUT"],
  handler: async (request) => {
    const body = Buffer.from(await request.arrayBuffer());
    return {
      status: 201,
      headers: { "x-echo": "yes", "content-type": "application/json" },
      cookies: [
        { name: "a", value: "1", path: "/", httpOnly: true },
        { name: "b", value: "2", sameSite: "Lax" },
      ],
      body: JSON.stringify({
        method: request.method,
        url: request.url,
        query: [...request.query],
        header: request.headers.get("x-sent"),
        bodyBase64: body.toString("base64"),
      }),
    };
  },
});
app.http("context", {
  handler: (_request, context) => ({
    jsonBody: { functionName: context.functionName, invocationId: context.invocationId, trace: context.traceContext },
  }),
});
app.http("pid", { handler: () => ({ body: String(process.pid) }) });
app.http("sleeps", { handler: () => new Promise(() => undefined) });
app.http("spins", {
  handler: () => {
    for (;;) {}
  },
});
app.http("enqueues", {
  methods: ["POST"],
  extraOutputs: [output.storageQueue({ name: "out", queueName: "contract-enqueued", connection })],
  handler: async (request, context) => {
    context.extraOutputs.set("out", await request.json());
    return { status: 202 };
  },
});

app.storageQueue("takesMessage", {
  queueName: "contract-%CONTRACT_QUEUE%",
  connection,
  return: seen,
  handler: (message, context) => ({ by: "takesMessage", message, metadata: context.triggerMetadata }),
});
app.storageQueue("failsMessage", {
  queueName: "contract-fails",
  connection,
  extraOutputs: [output.storageQueue({ name: "tries", queueName: "contract-tries", connection })],
  handler: () => {
    throw new Error("on purpose");
  },
});
app.storageQueue("failsPoison", {
  queueName: "contract-ends-poison",
  connection,
  handler: () => {
    throw new Error("on purpose");
  },
});
app.storageQueue("failsOnce", {
  queueName: "contract-fails-once",
  connection,
  return: seen,
  handler: (message, context) => {
    if (context.triggerMetadata.dequeueCount === 1) throw new Error("on purpose");
    return { by: "failsOnce", message, dequeueCount: context.triggerMetadata.dequeueCount };
  },
});
// Never ends at its first delivery: only a killed worker gets past it.
app.storageQueue("hangsOnce", {
  queueName: "contract-hangs-once",
  connection,
  return: seen,
  handler: (message, context) => {
    const { dequeueCount } = context.triggerMetadata;
    context.log(`hangsOnce ${message} delivery ${dequeueCount}`);
    return dequeueCount === 1 ? new Promise(() => undefined) : { by: "hangsOnce", message, dequeueCount };
  },
});

app.storageBlob("takesBlob", {
  path: "contract-inbox/{usecase}/{file}.csv",
  connection,
  extraOutputs: [seen, output.storageBlob({ name: "copy", path: "contract-copies/{usecase}/{file}.copy", connection })],
  handler: (blob, context) => {
    context.extraOutputs.set("copy", blob);
    context.extraOutputs.set(seen, { by: "takesBlob", text: blob.toString(), metadata: context.triggerMetadata });
  },
});
app.storageBlob("failsBlob", {
  path: "contract-bad/{name}",
  connection,
  handler: () => {
    throw new Error("on purpose");
  },
});

app.timer("yearly", {
  schedule: "%CONTRACT_SCHEDULE%",
  return: seen,
  handler: (timer) => ({ by: "yearly", timer }),
});
app.timer("retries", {
  schedule: "0 0 0 1 1 *",
  runOnStartup: true,
  retry: { strategy: "fixedDelay", maxRetryCount: 1, delayInterval: { seconds: 0 } },
  return: seen,
  handler: (_timer, context) => {
    if (context.retryContext?.retryCount === 0) throw new Error("on purpose");
    return { by: "retries", retry: context.retryContext };
  },
});
