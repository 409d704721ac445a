import { z } from "zod";
import { anyFields, objectOf } from "../documents";
import type { Severity } from "../usecase/checksSpec";

/** One check of the data before training, or of a version's behaviour after it. */
export interface CheckResult {
  name: string;
  kind: "pre-train" | "post-train";
  status: "passed" | "failed" | "warned" | "skipped";
  severity: "block" | "warn";
  /** a sentence with figures */
  summary: string;
  evidence: Record<string, unknown>;
}

/** A check's result as documents keep it. */
export const checkResultSchema = objectOf<CheckResult>({
  name: z.string(),
  kind: z.enum(["pre-train", "post-train"]),
  severity: z.enum(["block", "warn"]),
  status: z.enum(["passed", "failed", "warned", "skipped"]),
  summary: z.string(),
  evidence: anyFields,
});

interface Finding {
  name: string;
  kind: CheckResult["kind"];
  severity: Severity;
  ok: boolean;
  /** a sentence with figures */
  summary: string;
  evidence?: Record<string, unknown>;
}

/** A finding as it is kept: what only warns does not fail. */
export function checkResult({ name, kind, severity, ok, summary, evidence = {} }: Finding): CheckResult {
  const status = ok ? "passed" : severity === "block" ? "failed" : "warned";
  return { name, kind, severity, status, summary, evidence };
}

/** The sentences of checks that failed and block. */
export function blockingFailures(checks: readonly CheckResult[]): string[] {
  return checks.filter(({ status }) => status === "failed").map(({ name, summary }) => `check "${name}": ${summary}`);
}
