import { z } from "zod";
import { checkInput } from "../checkInput";
import { documentType, jsonColumn, objectOf, readRow, unchanged } from "../documents";
import { AppError, isAppError } from "../errors";
import { auditInsert } from "../ledger/auditEntry";
import type { Clock, TableRow, TableStore } from "../ports";
import { type MonitorSection, monitorsSpec, signals } from "./signals/registry";

const table = "monitors";
/** lists the models that have changed settings; no model can be called this */
const index = "settings:";
const rowKey = "settings";

type Settings = z.infer<typeof monitorsSpec>;

/** Changed fields by section, each with the person who changed it last. */
export type SettingChanges = Record<string, Record<string, { value: unknown; actor: string; at: string }>>;

const changed = objectOf<SettingChanges[string][string]>({ value: z.unknown(), actor: z.string(), at: z.string() });
const rows = documentType(
  objectOf<{ changes: SettingChanges }>({
    changes: jsonColumn(z.record(z.string(), z.record(z.string(), changed))),
  }),
  [unchanged],
);

/** A change of settings by a person; a null value takes the field's change back. */
export interface SettingsChange {
  model: string;
  settings: Record<string, Record<string, unknown>>;
  /** of the settings as last read; another one changes nothing */
  etag?: string;
  actor: string;
  reason: string;
  operation: string;
}

/** What was changed of a model's monitor settings while the app runs. */
export interface ChangedSettings {
  changes: SettingChanges;
  etag?: string;
}

/**
 * The settings of monitors that people changed at run time, over those of the spec. A row in the model's partition,
 * with its audit entries; an index of the models that have one lets a pass over all models read one page.
 */
export class MonitorSettingsStore {
  constructor(
    private readonly tables: TableStore,
    private readonly clock: Clock,
  ) {}

  /** The changes of every model that has any. */
  async all(): Promise<Map<string, SettingChanges>> {
    const found = new Map<string, SettingChanges>();
    for await (const { rowKey: model } of this.tables.list(table, index)) {
      const { changes } = await this.of(model);
      if (Object.keys(changes).length > 0) found.set(model, changes);
    }
    return found;
  }

  /** The changes of one model; none where it has none. AppError corrupt where they cannot be read. */
  async of(model: string): Promise<ChangedSettings> {
    const row = await this.tables.get(table, model, rowKey);
    return row === undefined ? { changes: {} } : { ...readRow(rows, table, row), etag: row.etag };
  }

  /** Changes fields, checked with those of `spec` by each signal's schema; AppError invalid_input names faults. */
  async change(change: SettingsChange, spec: Settings): Promise<ChangedSettings> {
    const { model, actor, settings } = change;
    const before = await this.forChange(model, change.etag);
    const at = this.clock.now().toISOString();
    const next: SettingChanges = structuredClone(before.changes);
    for (const [section, fields] of Object.entries(settings)) {
      const own = ownSection(next, section);
      for (const [field, value] of Object.entries(fields))
        if (value === null) delete own[field];
        else own[field] = { value, actor, at };
      if (Object.keys(own).length === 0) delete next[section];
    }
    checkInput(overlaid(spec, next), monitorsSpec);
    return this.write(before, { ...change, next, action: "monitor settings changed", details: settings });
  }

  /** Takes every change of a model back. */
  async reset(change: Omit<SettingsChange, "settings">): Promise<ChangedSettings> {
    const before = await this.forChange(change.model, change.etag);
    const details = { was: before.changes };
    return this.write(before, { ...change, next: {}, action: "monitor settings reset", details });
  }

  private async forChange(model: string, etag: string | undefined): Promise<ChangedSettings> {
    const before = await this.readOrReplace(model);
    if (etag !== undefined && etag !== (before.etag ?? "")) throw changedMeanwhile(model);
    return before;
  }

  /** Settings that cannot be read do not keep people from setting them anew. */
  private async readOrReplace(model: string): Promise<ChangedSettings> {
    try {
      return await this.of(model);
    } catch (error) {
      if (!isAppError(error, "corrupt")) throw error;
      return { changes: {}, etag: (await this.tables.get(table, model, rowKey))?.etag };
    }
  }

  private async write(
    before: ChangedSettings,
    change: Omit<SettingsChange, "settings"> & { next: SettingChanges; action: string; details: object },
  ): Promise<ChangedSettings> {
    const { model, actor, reason, operation, action, next, details } = change;
    const row: TableRow = { partitionKey: model, rowKey, form: rows.form, changes: JSON.stringify(next) };
    const entry = { operation, action, actor, subject: model, reason, details: { ...details } };
    await this.tables.transaction(table, [{ kind: "upsert", row: { partitionKey: index, rowKey: model } }]);
    try {
      await this.tables.transaction(table, [
        before.etag === undefined ? { kind: "insert", row } : { kind: "replace", row, etag: before.etag },
        auditInsert(model, entry, this.clock.now()),
      ]);
    } catch (error) {
      throw isAppError(error, "conflict", "precondition_failed") ? changedMeanwhile(model) : error;
    }
    return this.of(model);
  }
}

function changedMeanwhile(model: string): AppError {
  const message = `the monitor settings of ${model} were changed by someone else meanwhile: read them again`;
  return new AppError("precondition_failed", message);
}

function ownSection(changes: SettingChanges, section: string): SettingChanges[string] {
  if (!Object.hasOwn(changes, section)) changes[section] = {};
  return changes[section];
}

/** The settings in effect: those of the spec with the changes over them, section by section. */
export function effectiveSettings(spec: Settings, changes: SettingChanges = {}): Settings {
  const checked = monitorsSpec.safeParse(overlaid(spec, changes));
  // a change from a release that knew another field: what is still known holds
  if (checked.success) return checked.data;
  return monitorsSpec.parse(overlaid(spec, knownChanges(spec, changes)));
}

/** The spec's settings with changed values in their place, unchecked. */
function overlaid(spec: Settings, changes: SettingChanges): Record<string, object> {
  const over: Record<string, object> = { ...spec };
  for (const [section, fields] of Object.entries(changes)) {
    const values = Object.entries(fields).map(([field, { value }]) => [field, value]);
    over[section] = { ...(Object.hasOwn(over, section) ? over[section] : {}), ...Object.fromEntries(values) };
  }
  return over;
}

/** The changes that hold by themselves. */
function knownChanges(spec: Settings, changes: SettingChanges): SettingChanges {
  const known: SettingChanges = {};
  for (const [section, fields] of Object.entries(changes))
    for (const [field, change] of Object.entries(fields)) {
      const one = { [section]: { ...known[section], [field]: change } };
      if (monitorsSpec.safeParse(overlaid(spec, { ...known, ...one })).success) Object.assign(known, one);
    }
  return known;
}

/** Where each effective value comes from: a person, the spec, or its default. */
export function settingOrigins(spec: Settings, changes: SettingChanges): Record<string, Record<string, object>> {
  const usual = monitorsSpec.parse({}) as Record<string, Record<string, unknown>>;
  const effective = effectiveSettings(spec, changes) as Record<string, Record<string, unknown>>;
  const shown = signals.map(([section]: [MonitorSection, unknown]) => {
    const fields = Object.entries(effective[section]).map(([field, value]) => {
      const change = changes[section]?.[field];
      const given = (spec as Record<string, Record<string, unknown>>)[section][field];
      const isUsual = JSON.stringify(given) === JSON.stringify(usual[section][field]);
      const from = change
        ? { origin: "changed", by: change.actor, at: change.at }
        : { origin: isUsual ? "default" : "spec" };
      return [field, { value, ...from }];
    });
    return [section, Object.fromEntries(fields)];
  });
  return Object.fromEntries(shown);
}
