import type { AuditRecord } from "../registry/auditEntry";

/** A part of the system that keeps audit entries by subject. */
export interface AuditSource {
  audit(subject: string, limit: number): Promise<AuditRecord[]>;
}

/** What happened to a model, its datasets and its alerts, newest first. */
export async function readAuditTrail(sources: AuditSource[], subject: string, limit: number): Promise<AuditRecord[]> {
  const lists = await Promise.all(sources.map((source) => source.audit(subject, limit)));
  return lists
    .flat()
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, limit);
}
