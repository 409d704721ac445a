/** What a graph says about itself (texts in JSON where they are lists); nothing that depends on when it was made. */
export function graphMetadata(
  learner: string,
  features: { numbers: readonly string[]; categories: readonly { name: string }[] },
  classes?: readonly string[],
): Record<string, string> {
  return {
    producer: "tidegate",
    learner,
    columns: JSON.stringify({ numbers: features.numbers, categories: features.categories.map(({ name }) => name) }),
    ...(classes ? { classes: JSON.stringify(classes) } : {}),
  };
}
