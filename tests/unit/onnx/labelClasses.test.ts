import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../shared/onnx/graph";
import { labelClasses } from "../../../shared/onnx/labelClasses";

/** A graph whose label comes from `build`, which is given the scores. */
function graphWith(build: (graph: GraphBuilder, scores: string) => string, notes: Record<string, string> = {}) {
  const graph = new GraphBuilder("labels");
  const label = build(graph, graph.input("scores", "float", 2));
  graph.node("Identity", [label], {}, "label");
  graph.output("label", "string");
  return graph.toBytes(notes);
}

const likeliest = (graph: GraphBuilder, scores: string) =>
  graph.node("Squeeze", [graph.node("ArgMax", [scores], { axis: { int: 1 } })]);

describe("the classes that a graph states on the path to its label", () => {
  it.each<[string, Uint8Array, string[] | undefined]>([
    [
      "texts that the likeliest column is looked up in",
      graphWith((graph, scores) =>
        graph.node("Gather", [graph.constant(["no", "yes"], [2]), likeliest(graph, scores)]),
      ),
      ["no", "yes"],
    ],
    [
      "numbers that the likeliest column is looked up in",
      graphWith((graph, scores) =>
        graph.node("ArrayFeatureExtractor", [graph.constant(BigInt64Array.of(3n, 7n), [2]), likeliest(graph, scores)]),
      ),
      ["3", "7"],
    ],
    [
      "the list of a classifier operator",
      graphWith((graph, scores) =>
        graph.node("LinearClassifier", [scores], { classlabels_strings: { texts: ["a", "b"] } }),
      ),
      ["a", "b"],
    ],
    [
      "what a model that was trained here notes",
      graphWith((_graph, scores) => scores, { producer: "tidegate", classes: '["dry","wet"]' }),
      ["dry", "wet"],
    ],
    ["nothing, in another tool's note", graphWith((_graph, scores) => scores, { classes: "none" }), undefined],
    [
      "nothing, where the list is looked up by something else than the likeliest column",
      graphWith((graph, scores) =>
        graph.node("Gather", [graph.constant(["no", "yes"], [2]), graph.node("Ceil", [scores])]),
      ),
      undefined,
    ],
  ])("are %s", (_what, bytes, classes) => {
    expect(labelClasses(bytes, "label")).toEqual(classes);
  });

  it.each(["none", "7", '["dry",1]', '{"0":"dry"}'])(
    "are not those of a note that is not a list of names: %s",
    (note) => {
      const bytes = graphWith(
        (graph, scores) => graph.node("Gather", [graph.constant(["no", "yes"], [2]), likeliest(graph, scores)]),
        { producer: "tidegate", classes: note },
      );
      expect(labelClasses(bytes, "label")).toEqual(["no", "yes"]);
    },
  );
});
