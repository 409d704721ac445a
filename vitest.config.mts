import { defineConfig } from "vitest/config";

/** ms; ends a test that hangs. How fast a machine is must not decide, however busy it is: no test comes near it. */
const hangLimitMs = 600_000;

const group = (name: string, extra: object = {}) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    pool: "forks" as const,
    testTimeout: hangLimitMs,
    hookTimeout: hangLimitMs,
    ...extra,
  },
});

export default defineConfig({
  test: {
    globalSetup: "tests/support/buildFirst.ts",
    maxWorkers: 2,
    projects: [
      { test: { name: "architecture", include: ["tests/*.test.ts"], pool: "forks" } },
      group("unit"),
      group("contract"),
      group("functions"),
      group("e2e", { fileParallelism: false }),
    ],
  },
});
