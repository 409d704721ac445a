import { describe, expect, it } from "vitest";
import { navigation, table } from "../../../shared/page/html";
import { timeText } from "../../../shared/timeText";

describe("a page's links", () => {
  const links = [
    { text: "Card", href: "card?format=html" },
    { text: "JSON", href: "../1" },
  ];

  it("carry the key of a reader who came with one in the address, and none otherwise", () => {
    expect(navigation(links, 'a&"b')).toContain('href="card?format=html&amp;code=a%26%22b"');
    expect(navigation(links, "k")).toContain('href="../1?code=k"');
    expect(navigation(links)).not.toContain("code");
  });
});

describe("a table", () => {
  it("says on a narrow screen which column each cell belongs to, where it is stacked", () => {
    const stacked = table(["check", "if it fails"], [["shape", "warns only"]], true);
    expect(stacked).toContain('<td data-label="if it fails">warns only</td>');
    expect(table(["check"], [["shape"]])).not.toContain("data-label");
  });
});

describe("an instant", () => {
  it("is told in minutes, and in seconds only where there are some", () => {
    expect(timeText("2013-07-01T00:00:00.000Z")).toBe("2013-07-01 00:00 UTC");
    expect(timeText("2013-07-01T04:05:06.000Z")).toBe("2013-07-01 04:05:06 UTC");
    expect(timeText("tomorrow")).toBe("tomorrow");
  });
});
