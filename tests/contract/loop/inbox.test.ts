import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { close } from "../../../shared/alerts/alertByHand";
import { AppError } from "../../../shared/errors";
import { readAuditTrail } from "../../../shared/ledger/auditTrail";
import { handlePoison } from "../../../shared/loop/handlePoison";
import { receiveFile } from "../../../shared/loop/receiveFile";
import { reconcile } from "../../../shared/loop/reconcile";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { auditedTables } from "../../../shared/storageNames";
import { startRun } from "../../../shared/training/startRun";
import { Loop, shippedSpec } from "../../support/loop";

const usecase = "coffee-grade";
const lines = readFileSync(`models/${usecase}/sample.csv`, "utf8").trim().split("\n");
const rows = (from: number, to: number) => Buffer.from([lines[0], ...lines.slice(from, to)].join("\n"));
const onlyRule = "dataset-rejected";

let loop: Loop;
afterEach(() => loop?.stop());

const start = async () => {
  loop = await Loop.start({ ...shippedSpec(usecase), sample: undefined, policies: { onNewData: "none" } });
};
const drop = (name: string, bytes: Buffer, inbox = "datasets-inbox") => loop.app.blobs.write(inbox, name, bytes);
/** The drop, and what its trigger does. */
const dropAndTrigger = async (name: string, bytes: Buffer, inbox = "datasets-inbox") => {
  await drop(name, bytes, inbox);
  const droppedAt = (await loop.app.blobs.stat(inbox, name))?.lastModified;
  return receiveFile(loop.app, { inbox, name, bytes, droppedAt });
};
const later = async () => {
  loop.passHours(0.3);
  return reconcile(loop.app);
};
const openAlerts = (subject?: string) => loop.app.alerts.list(subject, 100, "open");
const rejections = async (subject: string) => {
  const trail = await readAuditTrail(loop.app.tables, auditedTables, subject, { limit: 100 });
  return trail.filter(({ action }) => action.endsWith("rejected")).map(({ reason }) => reason);
};

/** Twice its number. */
function doubling(): Buffer {
  const graph = new GraphBuilder("doubling");
  const input = graph.input("x", "float", 1);
  graph.output("y", "float", 1);
  graph.node("Add", [input, input], {}, "y");
  return Buffer.from(graph.toBytes({}));
}

describe("the alert about rejected files", () => {
  it("stays open until each file was accepted under its name, shows how many and the newest, and ends with the last", async () => {
    await start();
    const names = Array.from({ length: 19 }, (_, i) => `bad-${String(i).padStart(2, "0")}.csv`);
    for (const name of names) {
      loop.passHours(0.001);
      await dropAndTrigger(`${usecase}/${name}`, Buffer.alloc(0));
    }
    await dropAndTrigger(`${usecase}/good.csv`, rows(1, 40));
    const [alert, ...others] = await openAlerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ subject: usecase, rule: onlyRule, occurrences: 19 });
    expect(alert.summary).toMatch(/^bad-18.csv was rejected: .* \(and 18 more\)$/);
    const shown = alert.evidence.files as { file: string }[];
    expect(alert.evidence.count).toBe(19);
    expect(shown.map(({ file }) => file)).toEqual(names.slice(9).reverse());

    for (const [i, name] of names.entries()) {
      expect(await openAlerts()).toMatchObject([{ evidence: { count: 19 - i } }]);
      await dropAndTrigger(`${usecase}/${name}`, rows(1, 40));
    }
    expect(await openAlerts()).toEqual([]);
  });

  it("keeps no good file from being accepted, nor a bad one from being told of, where its row cannot be read", async () => {
    await start();
    await dropAndTrigger(`${usecase}/bad.csv`, Buffer.alloc(0));
    const { tables } = loop.app;
    const pointer = await tables.get("alerts", usecase, `open:${onlyRule}`);
    const row = await tables.get("alerts", usecase, String(pointer?.alert));
    await tables.transaction("alerts", [{ kind: "upsert", row: { ...row!, evidence: "{" } }]);
    expect(await dropAndTrigger(`${usecase}/good.csv`, rows(1, 40))).toMatchObject({ status: "accepted" });
    expect(await openAlerts(usecase)).toEqual([]);
    loop.passHours(0.001);
    await dropAndTrigger(`${usecase}/worse.csv`, Buffer.from("a"));
    expect(await openAlerts(usecase)).toMatchObject([{ rule: onlyRule, evidence: { count: 1 } }]);
  });

  it("counts a file once, however often it is dropped, and ends when its new bytes are already known", async () => {
    await start();
    await dropAndTrigger(`${usecase}/good.csv`, rows(1, 40));
    for (const text of ["a\n1\n", "a\n1\n", "b\n2\n"]) {
      loop.passHours(0.001);
      await dropAndTrigger(`${usecase}/lots.csv`, Buffer.from(text));
    }
    expect(await openAlerts()).toMatchObject([{ occurrences: 3, evidence: { count: 1 } }]);
    expect(await dropAndTrigger(`${usecase}/lots.csv`, rows(1, 40))).toMatchObject({ version: 1, created: false });
    expect(await openAlerts()).toEqual([]);
  });

  it("starts anew after a person closed it", async () => {
    await start();
    await dropAndTrigger(`${usecase}/old.csv`, Buffer.from("a\n1\n"));
    const [{ id }] = await openAlerts();
    await loop.app.alerts.change(id, close({ actor: "Ada", reason: "told the sender" }));
    expect(await openAlerts()).toEqual([]);
    expect(await later()).toEqual([]);
    await dropAndTrigger(`${usecase}/new.csv`, Buffer.from("b\n2\n"));
    expect(await openAlerts()).toMatchObject([{ evidence: { count: 1, files: [{ file: "new.csv" }] } }]);
  });

  it("about a model file ends when a model is accepted under that name, not under another", async () => {
    await start();
    await dropAndTrigger("pears/1.0.onnx", Buffer.from("no model"), "models-inbox");
    await dropAndTrigger("pears/2.onnx", doubling(), "models-inbox");
    expect(await openAlerts("pears")).toMatchObject([{ rule: "model-rejected", evidence: { file: "pears/1.0.onnx" } }]);
    await dropAndTrigger("pears/1.0.onnx", doubling(), "models-inbox");
    expect(await openAlerts("pears")).toEqual([]);
  });
});

describe("the reconciler", () => {
  it("leaves alone what a trigger judged, and judges once what no trigger did", async () => {
    await start();
    await dropAndTrigger(`${usecase}/bad.csv`, Buffer.from("a\n1\n"));
    await dropAndTrigger(`${usecase}/good.csv`, rows(1, 40));
    await dropAndTrigger("wether/bad.csv", rows(1, 40));
    await dropAndTrigger("pears/bad.onnx", Buffer.from("no model"), "models-inbox");
    await drop(`${usecase}/missed.csv`, Buffer.from("a\n1\n"));
    expect(await later()).toEqual([`looked again at ${usecase}/missed.csv: rejected`]);
    expect(await later()).toEqual([]);
    expect(await rejections(usecase)).toHaveLength(2);
    expect(await rejections("unknown-usecase")).toHaveLength(1);
    expect(await rejections("pears")).toHaveLength(1);
    expect((await openAlerts()).map(({ subject, occurrences }) => [subject, occurrences]).sort()).toEqual([
      [usecase, 2],
      ["pears", 1],
      ["unknown-usecase", 1],
    ]);
  });

  it("judges a file anew once it has other bytes", async () => {
    await start();
    await dropAndTrigger(`${usecase}/lots.csv`, Buffer.from("a\n1\n"));
    await later();
    await drop(`${usecase}/lots.csv`, rows(1, 40));
    expect(await later()).toEqual([`looked again at ${usecase}/lots.csv: accepted`]);
    expect(await openAlerts()).toEqual([]);
  });

  it("judges the same bytes again when they were dropped once more and no trigger saw it", async () => {
    await start();
    const name = `${usecase}/lots.csv`;
    await dropAndTrigger(name, Buffer.from("a\n1\n"));
    const first = (await loop.app.blobs.stat("datasets-inbox", name))?.lastModified;
    await expect
      .poll(async () => {
        await drop(name, Buffer.from("a\n1\n"));
        return (await loop.app.blobs.stat("datasets-inbox", name))?.lastModified;
      })
      .not.toEqual(first); // storage tells times by the second
    expect(await later()).toEqual([`looked again at ${name}: rejected`]);
    expect(await later()).toEqual([]);
  });

  it("gives up a file that cannot be processed, with the reason, and goes on with the next one and with the runs", async () => {
    await start();
    await dropAndTrigger(`${usecase}/first.csv`, rows(1, 40));
    await startRun(loop.app, { usecase, trigger: "request", cause: "stuck" });
    await drop(`${usecase}/a-odd.csv`, rows(40, 80));
    await drop(`${usecase}/b-good.csv`, rows(80, 120));
    const { dataWork } = loop.app;
    let folders = 0;
    const failing: typeof dataWork = {
      inFolder: (work) =>
        folders++ === 0 ? Promise.reject(new Error("Binder Error: never heard of it")) : dataWork.inFolder(work),
    };
    loop.passHours(0.3);
    const ports = { ...loop.app, dataWork: failing };
    expect(await reconcile(ports)).toEqual([
      `looked again at ${usecase}/a-odd.csv: rejected`,
      `looked again at ${usecase}/b-good.csv: accepted`,
      `woke run ${usecase}.stuck, which was stuck as queued`,
    ]);
    expect(await rejections(usecase)).toEqual(["it could not be processed: Binder Error: never heard of it"]);
    expect(await openAlerts()).toMatchObject([{ subject: usecase, rule: onlyRule, occurrences: 1 }]);
    loop.passHours(0.1);
    expect(await reconcile(ports)).toEqual([expect.stringContaining("woke run")]);
    expect(await rejections(usecase)).toHaveLength(1);
  });

  it("does not blame a file for an outage: an alert reports it, and the file is accepted when storage is back", async () => {
    await start();
    await drop(`${usecase}/a.csv`, rows(1, 40));
    await drop(`${usecase}/b.csv`, rows(40, 80));
    const { blobs } = loop.app;
    const away = Object.assign(new Error("the service is busy"), { name: "RestError", statusCode: 503 });
    const flaky = Object.assign(Object.create(blobs), {
      read: (container: string, name: string) =>
        name.endsWith("a.csv") ? Promise.reject(away) : blobs.read(container, name),
      list: (container: string) => {
        if (container === "models-inbox") throw away;
        return blobs.list(container);
      },
    });
    loop.passHours(0.3);
    const failures = [
      `could not judge datasets-inbox/${usecase}/a.csv: the service is busy`,
      "could not look into models-inbox: the service is busy",
    ];
    const ports = { ...loop.app, blobs: flaky };
    expect(await reconcile(ports)).toEqual([`looked again at ${usecase}/b.csv: accepted`, ...failures]);
    expect(await openAlerts()).toMatchObject([
      { subject: "tidegate", rule: "reconcile-failed", evidence: { failures } },
    ]);
    expect(await later()).toEqual([`looked again at ${usecase}/a.csv: accepted`]);
    expect(await openAlerts()).toEqual([]);
    expect(await rejections(usecase)).toEqual([]);
  });

  it("reads a file whose name has a control character, which is not shown", async () => {
    await start();
    await drop(`${usecase}/esc\u001b[31m.csv`, rows(1, 40));
    await drop(`${usecase}/plain.csv`, rows(40, 80));
    expect(await later()).toHaveLength(2);
    const files = (await loop.app.datasets.versions(usecase)).map(({ file }) => file);
    expect(files.sort()).toEqual(["esc\ufffd[31m.csv", "plain.csv"]);
  });
});

describe("a file that is poison", () => {
  it("is rejected for the reason of its last try, and not judged again by the reconciler", async () => {
    await start();
    const name = `${usecase}/odd.csv`;
    await drop(name, rows(1, 40));
    const dataWork = { inFolder: () => Promise.reject(new Error("Binder Error: never heard of it")) };
    const ports = { ...loop.app, dataWork };
    const file = { inbox: "datasets-inbox", name, bytes: rows(1, 40) };
    await expect(receiveFile(ports, file)).rejects.toThrow("Binder Error");
    const message = { FunctionId: "registerDataset", ContainerName: "datasets-inbox", BlobName: name };
    await handlePoison(loop.app, "webjobs-blobtrigger", message);
    expect(await rejections(usecase)).toEqual(["it could not be processed: Binder Error: never heard of it"]);
    expect(await later()).toEqual([]);
    expect((await openAlerts(usecase)).map(({ rule }) => rule).sort()).toEqual([
      onlyRule,
      "poison-webjobs-blobtrigger",
    ]);
  });
});

describe("the reason against a model", () => {
  it("may be longer than a table cell: its beginning is recorded, and the whole text kept", async () => {
    await start();
    const reason = `the graph is not valid: ${"node after node ".repeat(8000)}`;
    const runtime = { load: () => Promise.reject(new AppError("rejected", reason)) };
    const file = { inbox: "models-inbox", name: "pears/big.onnx", bytes: Buffer.from("x") };
    const outcome = await receiveFile({ ...loop.app, trialRuntime: runtime }, file);
    expect(outcome).toMatchObject({
      status: "rejected",
      reason: expect.stringMatching(/^the graph is not valid: node/),
    });
    const [{ summary, evidence }] = await openAlerts("pears");
    const [kept] = /models\/pears\/rejected\/\w+\.txt/.exec(summary) ?? [];
    expect(kept).toBe(`models/pears/rejected/${evidence.sha256}.txt`);
    const whole = await loop.app.blobs.read("models", `pears/rejected/${evidence.sha256}.txt`);
    expect(Buffer.from(whole ?? []).toString()).toBe(reason);
    expect(await rejections("pears")).toEqual([expect.stringContaining("node after node")]);
  });
});

describe("a file whose record cannot be read", () => {
  it("keeps no other file from being picked up, and the alert names its row", async () => {
    await start();
    await dropAndTrigger(`${usecase}/a.csv`, rows(1, 40));
    for await (const row of loop.app.tables.list("datasets", "_inbox"))
      await loop.app.tables.transaction("datasets", [{ kind: "upsert", row: { ...row, status: 3 } }]);
    await drop(`${usecase}/b.csv`, rows(40, 80));
    const notJudged = expect.stringMatching(
      `^could not judge datasets-inbox/${usecase}/a.csv: the row .* in table datasets cannot be read: status: `,
    );
    expect(await later()).toEqual([`looked again at ${usecase}/b.csv: accepted`, notJudged]);
    const [alert] = await openAlerts("tidegate");
    expect(alert).toMatchObject({ rule: "reconcile-failed", evidence: { failures: [notJudged] } });
  });
});
