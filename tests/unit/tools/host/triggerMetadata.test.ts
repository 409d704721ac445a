import { describe, expect, test } from "vitest";
import { override, queueMetadata } from "../../../../tools/host/triggerMetadata";

const message = {
  messageId: "m1",
  popReceipt: "r1",
  dequeueCount: 2,
  insertedOn: new Date("2026-03-01T10:00:00Z"),
  expiresOn: new Date("2026-03-08T10:00:00.120Z"),
  nextVisibleOn: new Date("2026-03-01T10:01:00Z"),
};
const now = new Date("2026-03-02T12:00:00Z");

describe("the metadata of a queue message", () => {
  test("has the real host's names, order and types, and no sys", () => {
    expect(Object.entries(queueMetadata("text", message, now))).toEqual([
      ["QueueTrigger", { string: "text" }],
      ["DequeueCount", { json: "2" }],
      ["ExpirationTime", { json: '"2026-03-08T10:00:00.12+00:00"' }],
      ["Id", { string: "m1" }],
      ["InsertionTime", { json: '"2026-03-01T10:00:00+00:00"' }],
      ["NextVisibleTime", { json: '"2026-03-01T10:01:00+00:00"' }],
      ["PopReceipt", { string: "r1" }],
    ]);
  });

  test("of a run by hand is that of a message which was never on a queue", () => {
    expect(queueMetadata("text", {}, now)).toEqual({
      QueueTrigger: { string: "text" },
      DequeueCount: { json: "0" },
      ExpirationTime: { json: '"9999-12-31T23:59:59.9999999+00:00"' },
      InsertionTime: { json: '"2026-03-02T12:00:00+00:00"' },
      NextVisibleTime: { json: '"9999-12-31T23:59:59.9999999+00:00"' },
    });
  });

  test("ends with the message's own properties, which win over the host's of the same name in any case", () => {
    const metadata = queueMetadata('{"dequeueCount": 9, "mark": "a", "ID": "mine"}', message, now);
    expect(Object.keys(metadata).slice(1)).toEqual([
      "DequeueCount",
      "ExpirationTime",
      "Id",
      "InsertionTime",
      "NextVisibleTime",
      "PopReceipt",
      "mark",
    ]);
    expect(metadata).toMatchObject({ DequeueCount: { string: "9" }, Id: { string: "mine" }, mark: { string: "a" } });
  });

  test.each([
    ["true", { string: "True" }],
    ["-1.50", { string: "-1.5" }],
    ['"123"', { string: "123" }],
    ['{"a": [1]}', { json: '{"a":[1]}' }],
    ['"2026-03-01T10:00:00Z"', { string: "03/01/2026 10:00:00" }],
    ['"2026-03-01T10:00:00.5+02:00"', { string: "03/01/2026 08:00:00" }],
    ['"2026-03-01T10:00:00"', { string: "03/01/2026 10:00:00" }],
    ['"2026-13-01T10:00:00Z"', { string: "2026-13-01T10:00:00Z" }],
    ["[1]", undefined],
    ["null", undefined],
  ])("has the property %s as %j", (value, expected) => {
    expect(queueMetadata(`{"own": ${value}}`, message, now).own).toEqual(expected);
  });

  test.each(["[1]", '{"a": ', "{not json}", ""])("has no properties from the text %j", (text) => {
    expect(Object.keys(queueMetadata(text, message, now))).toHaveLength(7);
  });

  test("takes a property of any name as data", () => {
    const metadata = queueMetadata('{"__proto__": "x", "constructor": "y"}', message, now);
    expect(Object.keys(metadata).slice(-2)).toEqual(["__proto__", "constructor"]);
  });
});

test("a value takes the place of a fact of its name, and the fact's spelling", () => {
  const facts = { BlobTrigger: { string: "c/b" }, Uri: { json: '"u"' } };
  expect(override(facts, [["uri", { string: "mine" }]])).toEqual({ ...facts, Uri: { string: "mine" } });
});
