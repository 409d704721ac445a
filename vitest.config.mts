import { defineConfig } from "vitest/config";

const group = (name: string, extra: object = {}) => ({
  test: { name, include: [`tests/${name}/**/*.test.ts`], pool: "forks" as const, testTimeout: 20_000, ...extra },
});

export default defineConfig({
  test: {
    globalSetup: "tests/support/buildFirst.ts",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { test: { name: "architecture", include: ["tests/*.test.ts"], pool: "forks" } },
      group("unit"),
      group("contract", { hookTimeout: 60_000, testTimeout: 60_000 }),
      group("functions", { hookTimeout: 60_000, testTimeout: 60_000 }),
      group("e2e", { hookTimeout: 180_000, testTimeout: 300_000, fileParallelism: false }),
    ],
  },
});
