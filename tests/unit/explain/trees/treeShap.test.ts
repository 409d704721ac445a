import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NumberRows } from "../../../../shared/explain/model/numberRows";
import { branchModes, rawScores, type TreeEnsemble } from "../../../../shared/explain/trees/treeEnsemble";
import { TreeShap } from "../../../../shared/explain/trees/treeShap";
import { bruteForceShapley, marginalWorth } from "../bruteForce";

/**
 * A tree written as nested lists: a leaf's value, or [column, threshold, true branch, false branch, mode, missing goes
 * to true].
 */
type Node = number | [number, number, Node, Node, (typeof branchModes)[number]?, boolean?];

function ensembleOf(trees: Node[], base = 0): TreeEnsemble {
  const nodes: {
    feature: number;
    mode: number;
    threshold: number;
    missing: number;
    yes: number;
    no: number;
    leaf: number;
  }[] = [];
  const depths: number[] = [];
  const add = (node: Node, depth: number): number => {
    const at = nodes.push({ feature: -1, mode: 0, threshold: 0, missing: 0, yes: 0, no: 0, leaf: 0 }) - 1;
    depths.push(depth);
    if (typeof node === "number") nodes[at].leaf = node;
    else {
      const [feature, threshold, yes, no, mode = "BRANCH_LEQ", missing = false] = node;
      Object.assign(nodes[at], { feature, threshold, mode: branchModes.indexOf(mode), missing: Number(missing) });
      nodes[at].yes = add(yes, depth + 1);
      nodes[at].no = add(no, depth + 1);
    }
    return at;
  };
  const roots = Int32Array.from(trees.map((tree) => add(tree, 0)));
  const of = (key: keyof (typeof nodes)[number]) => nodes.map((node) => node[key]);
  return {
    outputCount: 1,
    roots,
    feature: Int32Array.from(of("feature")),
    mode: Uint8Array.from(of("mode")),
    threshold: Float64Array.from(of("threshold")),
    missingTrue: Uint8Array.from(of("missing")),
    trueChild: Int32Array.from(of("yes")),
    falseChild: Int32Array.from(of("no")),
    leafValues: Float64Array.from(of("leaf")),
    base: Float64Array.of(base),
    depth: Math.max(...depths),
  };
}

const rowsOf = (rows: number[][]): NumberRows => ({
  rowCount: rows.length,
  width: rows[0].length,
  cells: Float64Array.from(rows.flat()),
});
const scoreOf = (ensemble: TreeEnsemble, row: number[]) => rawScores(ensemble, rowsOf([row]))[0];

const cell = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(Number.NaN));
const node: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.integer({ min: -8, max: 8 }),
    fc.tuple(
      fc.nat(4),
      fc.integer({ min: 0, max: 4 }),
      tie("node"),
      tie("node"),
      fc.constantFrom(...branchModes),
      fc.boolean(),
    ),
  ) as fc.Arbitrary<Node>,
})).node;
const row = fc.array(cell, { minLength: 5, maxLength: 5 });

describe("TreeSHAP", () => {
  it("gives the values worked out by hand for a small tree", () => {
    // x0 <= 0 ? 10 : (x1 <= 0 ? 20 : 40), row (1, 1) against (0, 0): worth {} 10, {0} 20, {1} 10, {0,1} 40
    const ensemble = ensembleOf([[0, 0, 10, [1, 0, 20, 40]]], 5);
    const shap = new TreeShap({
      ensemble,
      weights: [1],
      featureOf: [0, 1],
      featureCount: 2,
      background: rowsOf([[0, 0]]),
    });
    expect(shap.baseValue).toBe(15);
    expect([...shap.explain(rowsOf([[1, 1]]), 0)]).toEqual([20, 10]);
  });

  it("equals the definition for any trees, comparisons, missing values and background", () => {
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 4 }),
        row,
        fc.array(row, { minLength: 1, maxLength: 4 }),
        (trees, own, background) => {
          const ensemble = ensembleOf(trees, 0.5);
          const problem = { ensemble, weights: [1], featureOf: [0, 1, 2, 3, 4], featureCount: 5 };
          const values = new TreeShap({ ...problem, background: rowsOf(background) }).explain(rowsOf([own]), 0);
          const expected = bruteForceShapley(
            5,
            marginalWorth(own, background, (mixed) => scoreOf(ensemble, mixed)),
          );
          for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 9);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("adds up to the row's score minus the background's mean", () => {
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 20 }),
        row,
        fc.array(row, { minLength: 1, maxLength: 10 }),
        (trees, own, background) => {
          const ensemble = ensembleOf(trees);
          const problem = { ensemble, weights: [1], featureOf: [0, 1, 2, 3, 4], featureCount: 5 };
          const shap = new TreeShap({ ...problem, background: rowsOf(background) });
          const sum = shap.explain(rowsOf([own]), 0).reduce((total, value) => total + value, shap.baseValue);
          expect(Math.abs(sum - scoreOf(ensemble, own))).toBeLessThan(1e-9);
        },
      ),
    );
  });

  it("changes the columns of one feature together", () => {
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 4 }), row, row, (trees, own, other) => {
        const ensemble = ensembleOf(trees);
        const featureOf = [0, 1, 0, -1, 1];
        // a constant column never differs
        const reference = other.map((value, column) => (column === 3 ? own[3] : value));
        const problem = { ensemble, weights: [1], featureOf, featureCount: 2, background: rowsOf([reference]) };
        const values = new TreeShap(problem).explain(rowsOf([own]), 0);
        const worth = (inside: ReadonlySet<number>) =>
          scoreOf(
            ensemble,
            reference.map((value, column) => (inside.has(featureOf[column]) ? own[column] : value)),
          );
        for (const [i, value] of bruteForceShapley(2, worth).entries()) expect(values[i]).toBeCloseTo(value, 9);
      }),
    );
  });
});
