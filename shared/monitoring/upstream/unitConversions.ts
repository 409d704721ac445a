/** A unit by what it measures: a value of the base unit is `scale` times the value, plus `offset`. */
interface Unit {
  name: string;
  also: string[];
  measures: string;
  scale: number;
  offset: number;
}

const unit = (measures: string, name: string, scale: number, also: string[] = [], offset = 0): Unit => ({
  ...{ measures, name, scale, also, offset },
});

const units: Unit[] = [
  unit("heat", "degC", 1, ["C", "°C", "celsius"]),
  unit("heat", "degF", 5 / 9, ["F", "°F", "fahrenheit"], -160 / 9),
  unit("heat", "K", 1, ["kelvin"], -273.15),
  unit("pressure", "Pa", 1, ["pascal"]),
  unit("pressure", "mbar", 100, ["hPa", "millibar", "millibars"]),
  unit("pressure", "kPa", 1000),
  unit("pressure", "bar", 1e5),
  unit("pressure", "inHg", 3386.389),
  unit("pressure", "mmHg", 133.3224, ["Torr"]),
  unit("pressure", "psi", 6894.757),
  unit("speed", "m/s", 1, ["mps"]),
  unit("speed", "km/h", 1 / 3.6, ["kmph", "kph"]),
  unit("speed", "mph", 0.44704, ["mi/h"]),
  unit("speed", "knots", 0.5144444, ["kn", "kt"]),
  unit("length", "m", 1, ["metre", "meter"]),
  unit("length", "km", 1000),
  unit("length", "cm", 0.01),
  unit("length", "mm", 0.001),
  unit("length", "ft", 0.3048, ["feet"]),
  unit("length", "mi", 1609.344, ["mile", "miles"]),
  unit("length", "inch", 0.0254, ["in"]),
  unit("mass", "kg", 1),
  unit("mass", "g", 0.001),
  unit("mass", "lb", 0.45359237, ["lbs"]),
  unit("mass", "t", 1000),
  unit("mass", "oz", 0.02834952),
  unit("share", "fraction", 1, ["1"]),
  unit("share", "percent", 0.01, ["%"]),
  unit("angle", "degree", 1, ["deg", "degrees"]),
  unit("angle", "radian", 180 / Math.PI, ["rad"]),
  unit("time", "s", 1, ["second", "seconds"]),
  unit("time", "ms", 0.001),
  unit("time", "min", 60, ["minutes"]),
  unit("time", "h", 3600, ["hour", "hours"]),
  unit("energy", "kWh", 1),
  unit("energy", "MWh", 1000),
  unit("energy", "MJ", 1 / 3.6),
  unit("power", "W", 1),
  unit("power", "kW", 1000),
  unit("power", "MW", 1e6),
  unit("density", "g/l", 1, ["kg/m3"]),
  unit("density", "g/cm3", 1000, ["kg/l"]),
];

/** What a value of a column became: `ratio` times what it should be, plus `offset`. */
export interface Conversion {
  /** "degF for degC" */
  name: string;
  ratio: number;
  offset: number;
}

/** powers of ten by which people mistake a unit that is not known here */
const decimals = [1000, 100, 10, 0.1, 0.01, 0.001];

/** The ways in which values of a unit may slip into another of the same kind; of an unknown unit the powers of ten. */
export function conversionsOf(name: string | undefined): Conversion[] {
  const own = name === undefined ? undefined : unitNamed(name);
  if (own === undefined) return decimals.map((ratio) => ({ name: `a factor of ${ratio}`, ratio, offset: 0 }));
  return units
    .filter((other) => other.measures === own.measures && other !== own)
    .map((other) => ({
      name: `${other.name} for ${own.name}`,
      ratio: own.scale / other.scale,
      offset: (own.offset - other.offset) / other.scale,
    }));
}

function unitNamed(name: string): Unit | undefined {
  const same = (text: string) => text.toLowerCase() === name.toLowerCase();
  // case means something in few of them: "mW" is no "MW"
  return units.find((one) => one.name === name || one.also.includes(name)) ?? units.find((one) => one.also.some(same));
}
