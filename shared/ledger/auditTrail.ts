import type { TableStore } from "../ports";
import { type AuditPage, type AuditRecord, auditPlace, listAudit } from "./auditEntry";

/** What happened to a subject by the audit entries in some tables, newest first. */
export async function readAuditTrail(
  tables: TableStore,
  audited: readonly string[],
  subject: string,
  page: AuditPage,
): Promise<AuditRecord[]> {
  const lists = await Promise.all(audited.map((table) => listAudit(tables, table, subject, page)));
  return lists
    .flat()
    .sort((a, b) => (auditPlace(a) < auditPlace(b) ? -1 : 1))
    .slice(0, page.limit);
}
