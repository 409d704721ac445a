/** A function of many variables: gives its value at `point` and writes its gradient to `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimizeOptions {
  maxIterations: number;
  /** done when no component of the gradient is larger */
  tolerance: number;
  onIteration?(iteration: number): void;
}

export interface Minimum {
  point: Float64Array;
  value: number;
  iterations: number;
  converged: boolean;
}

interface Step {
  /** change of the point, change of the gradient, and 1 / their product */
  move: Float64Array;
  bend: Float64Array;
  rho: number;
}

const memory = 10;

/**
 * Minimises a smooth convex function from `start` by L-BFGS (Nocedal and Wright 2006, algorithm 7.5) with a
 * backtracking line search.
 */
export function minimize(objective: Objective, start: Float64Array, options: MinimizeOptions): Minimum {
  let point = start.slice();
  let gradient = new Float64Array(point.length);
  let value = objective(point, gradient);
  const steps: Step[] = [];
  let iterations = 0;
  while (iterations < options.maxIterations && largest(gradient) > options.tolerance) {
    const direction = descent(gradient, steps);
    const scale = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const next = lineSearch(objective, point, value, gradient, direction, scale);
    if (next === undefined) break; // no lower value within float64: this is as good as it gets
    remember(steps, point, gradient, next);
    ({ point, gradient, value } = next);
    iterations++;
    options.onIteration?.(iterations);
  }
  return { point, value, iterations, converged: largest(gradient) <= options.tolerance };
}

interface Position {
  point: Float64Array<ArrayBuffer>;
  gradient: Float64Array<ArrayBuffer>;
  value: number;
}

/** Two-loop recursion: minus the inverse Hessian estimate times the gradient. */
function descent(gradient: Float64Array, steps: Step[]): Float64Array {
  const direction = gradient.map((component) => -component);
  const shares = steps.map(() => 0);
  for (let at = steps.length - 1; at >= 0; at--) {
    shares[at] = steps[at].rho * dot(steps[at].move, direction);
    add(direction, steps[at].bend, -shares[at]);
  }
  const last = steps.at(-1);
  const curvature = last ? 1 / (last.rho * dot(last.bend, last.bend)) : 1;
  for (let k = 0; k < direction.length; k++) direction[k] *= curvature;
  for (const [at, step] of steps.entries())
    add(direction, step.move, shares[at] - step.rho * dot(step.bend, direction));
  return direction;
}

function lineSearch(
  objective: Objective,
  point: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  firstScale: number,
): Position | undefined {
  const slope = dot(gradient, direction);
  let scale = firstScale;
  for (let attempt = 0; attempt < 40; attempt++) {
    const next = point.slice();
    add(next, direction, scale);
    const nextGradient = new Float64Array(point.length);
    const nextValue = objective(next, nextGradient);
    if (nextValue <= value + 1e-4 * scale * slope && nextValue < value)
      return { point: next, gradient: nextGradient, value: nextValue };
    scale *= 0.5;
  }
  return undefined;
}

function remember(steps: Step[], point: Float64Array, gradient: Float64Array, next: Position): void {
  const move = next.point.map((component, k) => component - point[k]);
  const bend = next.gradient.map((component, k) => component - gradient[k]);
  const product = dot(move, bend);
  if (!(product > 1e-300)) return; // rounding has eaten the curvature
  steps.push({ move, bend, rho: 1 / product });
  if (steps.length > memory) steps.shift();
}

function largest(vector: Float64Array): number {
  let size = 0;
  for (let k = 0; k < vector.length; k++) size = Math.max(size, Math.abs(vector[k]));
  return size;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

function add(target: Float64Array, vector: Float64Array, factor: number): void {
  for (let k = 0; k < target.length; k++) target[k] += factor * vector[k];
}
