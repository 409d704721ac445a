import { type AuditPage, type AuditRecord, auditPlace } from "./auditEntry";

/** What keeps audit entries by subject. */
interface AuditSource {
  audit(subject: string, page: AuditPage): Promise<AuditRecord[]>;
}

/** Everything that keeps audit entries. */
export type AuditSources = Record<"registry" | "datasets" | "alerts" | "runs", AuditSource>;

/** What happened to a model, its datasets and its alerts, newest first. */
export async function readAuditTrail(
  { registry, datasets, alerts, runs }: AuditSources,
  subject: string,
  page: AuditPage,
): Promise<AuditRecord[]> {
  const lists = await Promise.all([registry, datasets, alerts, runs].map((source) => source.audit(subject, page)));
  return lists
    .flat()
    .sort((a, b) => (auditPlace(a) < auditPlace(b) ? -1 : 1))
    .slice(0, page.limit);
}
