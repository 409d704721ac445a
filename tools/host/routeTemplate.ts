/** A Functions route template turned into a find-my-way path, and the checks its constraints ask for. */
interface RoutePattern {
  path: string;
  /** parameter name -> whether a value fits; empty when the template has no constraints */
  checks: [name: string, fits: (value: string) => boolean][];
}

type MakeCheck = (args: string[]) => (value: string) => boolean;

const pattern =
  (regex: RegExp): MakeCheck =>
  () =>
  (value) =>
    regex.test(value);

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

// https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints
const constraints: Record<string, MakeCheck> = {
  int: () => (value) => /^[+-]?\d+$/.test(value) && Math.abs(Number(value)) <= 2147483647,
  long: pattern(/^[+-]?\d{1,19}$/),
  decimal: pattern(decimal),
  double: pattern(decimal),
  float: pattern(decimal),
  bool: pattern(/^(true|false)$/i),
  guid: pattern(/^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i),
  alpha: pattern(/^[a-z]*$/i),
  required: () => (value) => value.length > 0,
  min:
    ([low]) =>
    (value) =>
      decimal.test(value) && Number(value) >= Number(low),
  max:
    ([high]) =>
    (value) =>
      decimal.test(value) && Number(value) <= Number(high),
  range:
    ([low, high]) =>
    (value) =>
      decimal.test(value) && Number(value) >= Number(low) && Number(value) <= Number(high),
  minlength:
    ([low]) =>
    (value) =>
      value.length >= Number(low),
  maxlength:
    ([high]) =>
    (value) =>
      value.length <= Number(high),
  length:
    ([low, high = low]) =>
    (value) =>
      value.length >= Number(low) && value.length <= Number(high),
};

/** Translates `score/{model}/{version:int?}`; throws with the part that this host cannot serve. */
export function parseRouteTemplate(template: string): RoutePattern {
  const checks: RoutePattern["checks"] = [];
  const segments = template.split("/").filter((segment) => segment !== "");
  const path = segments.map((segment, index) => {
    if (!/[{}]/.test(segment)) return segment.replaceAll(":", "::");
    const match = /^\{(\*{0,2})([A-Za-z_]\w*)((?::[a-z]+(?:\([^()]*\))?)*)(\??)\}$/.exec(segment);
    if (!match) throw new Error(`the route segment "${segment}" is not one parameter, which is all this host serves`);
    const [, star, name, constraints, optional] = match;
    const isLast = index === segments.length - 1;
    if ((star || optional) && !isLast) throw new Error(`"${segment}" can only be the last segment of a route`);
    for (const constraint of constraints.split(":").slice(1)) checks.push([name, makeCheck(constraint)]);
    if (star) return "*";
    return `:${name}${optional}`;
  });
  return { path: `/${path.join("/")}`, checks };
}

/** The name of the catch-all parameter (`{*rest}`), which find-my-way knows only as `*`. */
export function catchAllName(template: string): string | undefined {
  return /\{\*{1,2}([A-Za-z_]\w*)/.exec(template)?.[1];
}

function makeCheck(constraint: string): (value: string) => boolean {
  const [, name, args] = /^([a-z]+)(?:\(([^()]*)\))?$/.exec(constraint) ?? [];
  const make = constraints[name];
  if (!make)
    throw new Error(`the route constraint "${constraint}" is not one of ${Object.keys(constraints).join(", ")}`);
  return make((args ?? "").split(",").map((arg) => arg.trim()));
}
