import type { FeatureType } from "../featureTable";
import { seededRandom } from "../math/seededRandom";
import { ownValue } from "../ownValue";
import { columnUnit } from "../usecase/columnUnit";
import type { GlobalContext } from "./globalContext";
import type { DependenceReport } from "./globalExplanation";
import { drawRows, pickRows } from "./model/numberRows";
import { levelGrid, partialDependence, quantileGrid } from "./partialDependence";

const rowCount = 200;
const shownRows = 25;
const gridSize = 20;
/** the values that a feature of each type is varied over */
const gridOf: Record<FeatureType, typeof levelGrid> = { number: quantileGrid, category: levelGrid };

/** Partial dependence of each explained answer on each feature, and the curves of some rows. */
export async function measureDependence(context: GlobalContext): Promise<DependenceReport[]> {
  const { box, holdout, sample, names, explainedAnswers, usecase } = context;
  const rows = pickRows(holdout, drawRows(holdout.rowCount, rowCount, seededRandom(sample.seed)));
  const reports: DependenceReport[] = [];
  for (const [column, { name, type }] of box.signature.features.entries()) {
    const grid = gridOf[type](holdout, column, gridSize);
    if (grid.length === 0) continue; // never observed: there is nothing to vary
    const found = await partialDependence({ predict: (some) => box.predict(some), rows, column, grid });
    const unit = usecase && columnUnit(ownValue(usecase.spec.columns, name));
    reports.push({
      feature: name,
      type,
      ...(unit && { unit }),
      grid: Array.from(grid, (value) => box.codec.cell(column, value)),
      rows: rows.rowCount,
      answers: explainedAnswers.map((answer) => ({
        answer: names[answer],
        mean: found.mean[answer],
        some: found.rows[answer].slice(0, shownRows),
      })),
    });
  }
  return reports;
}
