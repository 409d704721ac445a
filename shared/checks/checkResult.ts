import type { CheckResult } from "../registry/modelVersion";
import type { Severity } from "../usecase/checksSpec";

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
