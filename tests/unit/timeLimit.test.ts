import { expect, it } from "vitest";
import { withTimeLimit } from "../../shared/timeLimit";

const never = new Promise<string>(() => undefined);

it("gives what the work gives", async () => {
  await expect(withTimeLimit(Promise.resolve("done"), 60_000, () => "late")).resolves.toBe("done");
  await expect(withTimeLimit(Promise.reject(new Error("broken")), 60_000, () => "late")).rejects.toThrow("broken");
});

it("returns the substitute for work that takes too long", async () => {
  await expect(withTimeLimit(never, 1, () => "late")).resolves.toBe("late");
});

it("throws the substitute for work that takes too long", async () => {
  const late = () => {
    throw new Error("no answer");
  };
  await expect(withTimeLimit(never, 1, late)).rejects.toThrow("no answer");
});

it("hears no failure of the work once it is late", async () => {
  const { promise, reject } = Promise.withResolvers<string>();
  await expect(withTimeLimit(promise, 1, () => "late")).resolves.toBe("late");
  reject(new Error("nobody listens")); // would fail the test run as an unhandled rejection
});
