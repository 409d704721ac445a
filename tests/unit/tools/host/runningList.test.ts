import { expect, test } from "vitest";
import { RunningList } from "../../../../tools/host/runningList";

test("the oldest running invocation is known whatever the order in which they end", () => {
  const list = new RunningList();
  const [a, b, c] = ["a", "b", "c"].map((id) => list.add(id, "mine"));
  list.remove(b);
  expect(list.oldest).toBe(a);
  list.remove(a);
  expect(list.oldest).toBe(c);
  const d = list.add("d", "mine");
  list.remove(c);
  expect(list.oldest).toBe(d);
  list.remove(d);
  expect(list.oldest).toBeUndefined();
});
