// Makes the sample of this use case: node models/coffee-grade/generate.mjs > models/coffee-grade/sample.csv
// The lots are invented. Only + - * / and integer arithmetic are used, so that every machine writes the same bytes.

const lots = 1200;
const methods = {
  washed: { share: 0.5, cup: 0.35 },
  natural: { share: 0.3, cup: 0 },
  honey: { share: 0.2, cup: 0.55 },
};

/** splitmix32: numbers in [0, 1). */
function seeded(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 4294967296;
  };
}

const random = seeded(1887);

/** About normal, mean 0 and deviation 1: twelve uniform numbers, summed. */
function normal() {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

function pickMethod() {
  let left = random();
  for (const [name, { share }] of Object.entries(methods)) {
    left -= share;
    if (left < 0) return name;
  }
  return "washed";
}

const between = (low, high, value) => Math.min(high, Math.max(low, value));
const unlessLost = (share, text) => (random() < share ? "" : text);

/** What a taster would say, in cup points around 0: altitude helps, defects and wrong moisture hurt, the processing method shifts both. */
function cupScore({ altitude, moisture, defects, density, method }) {
  const climb = (altitude - 1300) / 300;
  const damp = (moisture - 11) / 0.9;
  const flaws = method === "natural" ? 0.19 : 0.13;
  return 1.1 * climb - 0.55 * damp * damp - flaws * defects + 0.8 * ((density - 700) / 40) + methods[method].cup;
}

function lot(number) {
  const method = pickMethod();
  const altitude = between(600, 2200, Math.round(1300 + 300 * normal()));
  const moisture = between(8, 14.5, Math.round((11 + 0.9 * normal()) * 10) / 10);
  const defects = Math.floor(14 * random() * random());
  const density = Math.round(700 + 0.03 * (altitude - 1300) + 38 * normal());
  const screen = between(13, 19, Math.round(16 + 1.2 * normal()));
  const score = cupScore({ altitude, moisture, defects, density, method }) + 0.15 * normal();
  const grade = score > 0.55 ? "specialty" : score > -1.6 ? "premium" : "commodity";
  const cells = [
    unlessLost(0.03, altitude),
    unlessLost(0.02, moisture.toFixed(1)),
    defects,
    unlessLost(0.02, density),
    screen,
    unlessLost(0.02, method),
    grade,
  ];
  return `L${String(number).padStart(4, "0")},${cells.join(",")}`;
}

const header = "Lot,Altitude_m,Moisture_percent,Defects,Density_g_per_l,Screen_size,Process,Grade";
const rows = Array.from({ length: lots }, (_, i) => lot(i + 1));
process.stdout.write(`${[header, ...rows].join("\n")}\n`);
