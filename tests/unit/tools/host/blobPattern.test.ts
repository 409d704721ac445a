import { describe, expect, test } from "vitest";
import { parseBlobPattern } from "../../../../tools/host/blobPattern";

describe("a blob path pattern", () => {
  test("yields its container, the prefix to list and the parameters of a match", () => {
    const pattern = parseBlobPattern("inbox/2026/{usecase}/{file}.csv");
    expect([pattern.container, pattern.prefix]).toEqual(["inbox", "2026/"]);
    expect(pattern.match("2026/weather/turku.csv")).toEqual({ usecase: "weather", file: "turku" });
    expect(pattern.match("2026/weather/turku.txt")).toBeNull();
    expect(pattern.match("2025/weather/turku.csv")).toBeNull();
  });

  test("lets a parameter span slashes, the first one as far as it can", () => {
    const pattern = parseBlobPattern("inbox/{usecase}/{file}");
    expect(pattern.match("a/b/c.csv")).toEqual({ usecase: "a/b", file: "c.csv" });
  });

  test("takes the letters of a name literally", () => {
    expect(parseBlobPattern("inbox/a.b+c/{x}").match("aXb+c/1")).toBeNull();
  });

  test("without a name takes every blob of the container", () => {
    expect(parseBlobPattern("inbox").match("any/thing")).not.toBeNull();
  });

  test.each(["Inbox/{a}", "in/{a}", "{container}/{a}", "inbox/{a", "inbox/{a}{a}", "inbox/{a b}"])(
    "%s is refused",
    (path) => {
      expect(() => parseBlobPattern(path)).toThrow(path.split("/")[0]);
    },
  );
});
