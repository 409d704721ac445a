import { z } from "zod";
import { documentType, jsonColumn, objectOf, readRow, unchanged } from "../documents";
import { isAppError } from "../errors";
import type { TableStore } from "../ports";

const table = "monitors";
/** no model can be called this */
const key = { partitionKey: "service:", rowKey: "held" };

/** Which conditions of the service held when they were last looked at. */
export interface HeldState {
  /** rules of alerts by model */
  models: Record<string, string[]>;
  /** the last hour of which results were kept */
  hour?: string;
  /** something could not be judged */
  failed?: boolean;
}

const rows = documentType(
  objectOf<HeldState>({
    models: jsonColumn(z.record(z.string(), z.array(z.string()))),
    hour: z.string().optional(),
    failed: z.boolean().optional(),
  }),
  [unchanged],
);

/**
 * The conditions that hold, in one row: a sweep that finds no change touches no alert, and an instance that starts
 * knows which alerts it may have to end.
 */
export class HeldConditions {
  constructor(private readonly tables: TableStore) {}

  async read(): Promise<HeldState> {
    const row = await this.tables.get(table, key.partitionKey, key.rowKey);
    if (row === undefined) return { models: {} };
    try {
      return readRow(rows, table, row);
    } catch (error) {
      if (!isAppError(error, "corrupt")) throw error;
      return { models: {} }; // a condition that still holds is found again
    }
  }

  async write({ models, ...state }: HeldState): Promise<void> {
    const row = { ...key, form: rows.form, models: JSON.stringify(models), ...state };
    await this.tables.transaction(table, [{ kind: "upsert", row }]);
  }
}

/** The state with the rules of one model. */
export function withModel(state: HeldState, model: string, rules: string[]): HeldState {
  const { [model]: _before, ...others } = state.models;
  return { ...state, models: rules.length === 0 ? others : { ...others, [model]: rules } };
}
