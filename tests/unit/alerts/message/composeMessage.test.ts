import { describe, expect, it } from "vitest";
import { newAlert } from "../../../../shared/alerts/alert";
import { type ToldEvent, toldEvents } from "../../../../shared/alerts/message/alertMessage";
import { composeMessage } from "../../../../shared/alerts/message/composeMessage";
import { mailHtml } from "../../../../shared/alerts/message/mailHtml";
import { plainText } from "../../../../shared/alerts/message/plainText";

const raisedAt = new Date("2026-01-01T00:00:00Z");
const alert = {
  ...newAlert(
    {
      ...{ subject: "pumps", rule: "input-drift", severity: "warning" as const, summary: "the inputs moved" },
      evidence: {
        version: 3,
        windowStart: "2025-12-31T00:00:00.000Z",
        windowEnd: "2026-01-01T00:00:00.000Z",
        targetRows: 1234,
        values: { Pressure: { value: 0.5234, threshold: 0.1 }, Kind: { value: null, threshold: 0.1 } },
      },
    },
    raisedAt,
  ),
  occurrences: 3,
};
const compose = (event: ToldEvent, more: object = {}, addresses = {}) =>
  composeMessage(
    { deliveryId: "d-1", event, at: "2026-01-01T06:00:00.000Z" },
    { ...alert, ...more },
    addresses,
    raisedAt,
  );
const over = { status: "resolved", resolvedAt: "2026-01-01T01:30:00.000Z" };

describe("the message about an alert", () => {
  it("says what was found, since when, and each value against its threshold", () => {
    const { heading, summary, facts } = compose("opened");
    expect([heading, summary]).toEqual(["Warning: pumps", "The inputs moved."]);
    expect(facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      "Concerns: pumps",
      "Rule: input-drift",
      "Severity: warning",
      "Since: 2026-01-01 00:00 UTC",
      "Found: 3 times, last at 2026-01-01 00:00 UTC",
      "Version: 3",
      "Window: 2025-12-31 00:00 UTC to 2026-01-01 00:00 UTC (1234 rows)",
      "Pressure: 0.5234, threshold 0.1",
    ]);
  });

  it.each([
    ["opened", {}, "Warning: pumps: the inputs moved"],
    ["worsened", { severity: "error" }, "Error, worse than before: pumps: the inputs moved"],
    ["escalated", {}, "Warning, not acknowledged yet: pumps: the inputs moved"],
    ["unsilenced", { severity: "info" }, "Notice, no longer silenced: pumps: the inputs moved"],
    ["resolved", over, "Resolved: pumps: the inputs moved"],
    ["closed", over, "Closed: pumps: the inputs moved"],
  ] as const)("is known by its title when it is %s", (event, more, title) => {
    expect(compose(event, more).title).toBe(title);
  });

  it("has a title for every event", () => {
    expect(toldEvents.map((event) => compose(event).title).filter((title) => title.includes("undefined"))).toEqual([]);
  });

  it("has a title of one line, whatever the summary holds", () => {
    const { title } = compose("opened", { summary: `two\r\nlines ${"and more ".repeat(40)}` });
    expect(title).toMatch(/^Warning: pumps: two lines and more/);
    expect(title).toHaveLength(140);
  });

  it("tells how long it lasted and who closed it", () => {
    const { facts } = compose("closed", { ...over, closedBy: "Ann", closeReason: "the sensor is mended" });
    expect(facts).toContainEqual({ name: "Over", value: "2026-01-01 01:30 UTC, after 90 minutes" });
    expect(facts).toContainEqual({ name: "Closed by", value: "Ann: the sensor is mended" });
  });

  it("leads to the alert, to its acknowledgement while it is open, and to the team's runbook", () => {
    const addresses = { app: "https://gate.example.org", runbook: "https://wiki.example.org/t" };
    expect(compose("opened", {}, addresses).links).toEqual([
      { text: "The alert", href: `https://gate.example.org/alerts/${alert.id}` },
      { text: "Acknowledge", href: `POST https://gate.example.org/alerts/${alert.id}/acknowledge` },
      { text: "Runbook", href: "https://wiki.example.org/t#input-drift" },
    ]);
    expect(compose("resolved", over).links).toEqual([{ text: "The alert", href: `/alerts/${alert.id}` }]);
  });

  it("shows five values and counts the others", () => {
    const values = Object.fromEntries([..."abcdefgh"].map((name) => [name, { value: 1, threshold: 0.5 }]));
    const { facts } = compose("opened", { evidence: { values } });
    expect(facts.at(-1)).toEqual({ name: "More", value: "3 others" });
  });
});

describe("as mail", () => {
  const hostile = '<img src=x onerror=alert(1)> & "quotes"';

  it("it shows what it was given as text and loads nothing", () => {
    const html = mailHtml(compose("opened", { summary: hostile, subject: hostile, rule: hostile }), "p");
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt; &amp;");
    expect(html).not.toMatch(/(?:src|href)="(?!cid:|https:)/);
  });

  it("its picture has words beside it for those who do not see it", () => {
    const picture = {
      ...{ png: new Uint8Array(1), widthPx: 100, heightPx: 50, title: "Pressure", scale: ["1", "2"] },
      ...{ scaleAt: "ends" as const, legend: [{ label: "now", color: "#d55e00" }], description: "Pressure: it moved." },
    };
    const message = { ...compose("opened"), picture };
    expect(mailHtml(message, "p@x")).toContain('<img src="cid:p@x" alt="Pressure: it moved."');
    expect(plainText(message)).toContain("Picture: Pressure: it moved.");
  });
});
