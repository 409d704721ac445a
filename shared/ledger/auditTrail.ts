import { type AuditPage, type AuditRecord, auditPlace } from "./auditEntry";

/** A part of the system that keeps audit entries by subject. */
export interface AuditSource {
  audit(subject: string, page: AuditPage): Promise<AuditRecord[]>;
}

/** What happened to a model, its datasets and its alerts, newest first. */
export async function readAuditTrail(sources: AuditSource[], subject: string, page: AuditPage): Promise<AuditRecord[]> {
  const lists = await Promise.all(sources.map((source) => source.audit(subject, page)));
  return lists
    .flat()
    .sort((a, b) => (auditPlace(a) < auditPlace(b) ? -1 : 1))
    .slice(0, page.limit);
}
