import { describe, expect, test } from "vitest";
import { catchAllName, parseRouteTemplate } from "../../../../tools/host/routeTemplate";

const fits = (constraint: string, value: string) =>
  parseRouteTemplate(`{x:${constraint}}`).checks.every((check) => check[1](value));

describe("a route template", () => {
  test.each([
    ["score/{model}/{version:int?}", "/score/:model/:version?"],
    ["files/{*path}", "/files/*"],
    ["", "/"],
  ])("%s becomes %s", (template, path) => {
    expect(parseRouteTemplate(template).path).toBe(path);
  });

  test("names its catch-all parameter", () => {
    expect(catchAllName("files/{*path}")).toBe("path");
    expect(catchAllName("files/{path}")).toBeUndefined();
  });

  test.each([
    ["int", "12", "12.5"],
    ["bool", "True", "yes"],
    ["guid", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "4bf92f35"],
    ["alpha", "abc", "ab1"],
    ["range(1,5)", "5", "6"],
    ["length(2,3)", "abc", "abcd"],
    ["min(3)", "3", "2"],
    ["maxlength(2)", "ab", "abc"],
  ])("%s takes %s and refuses %s", (constraint, good, bad) => {
    expect([fits(constraint, good), fits(constraint, bad)]).toEqual([true, false]);
  });

  test.each(["{a}-{b}", "{a:unknown}", "{a?}/b", "{*a}/b", "{a:regex(^x$)}"])("%s is refused", (template) => {
    expect(() => parseRouteTemplate(template)).toThrow();
  });
});
