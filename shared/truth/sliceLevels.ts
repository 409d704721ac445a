import { figure } from "../figure";
import { instantOf } from "../instantText";
import type { CategoryProfile, NumberProfile } from "../monitoring/profile";
import type { TrainingProfile } from "../monitoring/trainingProfile";
import { ownValue } from "../ownValue";
import type { UsecaseSpec } from "../usecase/usecaseSpec";
import type { RowCells } from "./rowCells";

const mostLevels = 30;
const rest = "(other)";
const missing = "(missing)";

type LevelOf = (cell: unknown) => string | undefined;

/**
 * The slices "column=level" that a captured row belongs to: the level of a category, the month of the time, and of a
 * number the quartile of the training rows, as the evaluation of a hold-out names them. A column that the row does not
 * bring, or a number that training did not profile, gives none.
 */
export function slicesOf(spec: UsecaseSpec, training: TrainingProfile | undefined): (cells: RowCells) => string[] {
  const columns = (spec.evaluation?.slices ?? []).map((name) => ({ name, levelOf: levelsOf(spec, training, name) }));
  return (cells) =>
    columns.flatMap(({ name, levelOf }) => {
      const cell = cells[name];
      const level = cell === undefined ? undefined : levelOf(cell);
      return level === undefined ? [] : [`${name}=${level}`];
    });
}

function levelsOf(spec: UsecaseSpec, training: TrainingProfile | undefined, name: string): LevelOf {
  const column = ownValue(spec.columns, name);
  if (column?.type === "timestamp") return monthOf;
  if (column?.type === "category") return levelOfCategory(usualLevels(training, name));
  return levelOfNumber(quartilesOf(training, name));
}

const months = Array.from({ length: 12 }, (_, month) => `month ${String(month + 1).padStart(2, "0")}`);

/** UTC. */
function monthOf(cell: unknown): string | undefined {
  const timeMs = typeof cell === "string" ? instantOf(cell) : undefined;
  return timeMs === undefined ? undefined : months[new Date(timeMs).getUTCMonth()];
}

/** Text: the levels that most training rows have, else those that come first; all beyond thirty are told together. */
function levelOfCategory(usual: readonly string[]): LevelOf {
  const told = new Set(usual.slice(0, mostLevels - 1));
  return (cell) => {
    const text = typeof cell === "string" ? cell.trim() : "";
    if (text === "") return missing;
    if (told.has(text)) return text;
    if (told.size >= mostLevels - 1) return rest;
    told.add(text);
    return text;
  };
}

/** The levels of the training rows, the most frequent first. */
function usualLevels(training: TrainingProfile | undefined, name: string): string[] {
  const at = training?.bins.findIndex((one) => one.name === name) ?? -1;
  const bins = training?.bins[at];
  if (training === undefined || bins?.type !== "category") return [];
  const { levels: rows } = training.profile.features[at] as CategoryProfile;
  const ranked = bins.levels.map((level, code) => ({ level, rows: rows[code] })).sort((a, b) => b.rows - a.rows);
  return ranked.map(({ level }) => level);
}

function levelOfNumber(edges: number[] | undefined): LevelOf {
  if (edges === undefined) return () => undefined;
  const shown = edges.map((edge) => figure(edge));
  const levels = shown.map((edge, i) => (i === 0 ? `at most ${edge}` : `above ${shown[i - 1]} to ${edge}`));
  levels.push(shown.length === 0 ? "all" : `above ${shown[shown.length - 1]}`);
  return (cell) => (typeof cell === "number" ? levels[edges.filter((edge) => edge < cell).length] : missing);
}

/** The edges of the training profile nearest to its quartiles. */
function quartilesOf(training: TrainingProfile | undefined, name: string): number[] | undefined {
  const at = training?.bins.findIndex((one) => one.name === name) ?? -1;
  const bins = training?.bins[at];
  if (training === undefined || bins?.type !== "number") return undefined;
  const profile = training.profile.features[at] as NumberProfile;
  const quartiles = [0.25, 0.5, 0.75].flatMap((share) => edgeAt(bins.edges, profile, share));
  return [...new Set(quartiles)];
}

function edgeAt(edges: readonly number[], { bins, count }: NumberProfile, share: number): number[] {
  let below = 0;
  for (const [bin, edge] of edges.entries()) {
    below += bins[bin];
    if (below >= share * count) return [edge];
  }
  return [];
}
