import { figure, percent } from "../figure";
import type { CategoryBins, CategoryProfile, FeatureBins, FeatureProfile, NumberBins, NumberProfile } from "./profile";

/** Shares of the rows in the parts of an axis, at training and now. */
export interface DistributionShares {
  before: number[];
  now: number[];
  /** what stands below the parts */
  scale: string[];
  scaleAt: "ends" | "middles";
  /** the same in words */
  description: string;
}

type Shares = Omit<DistributionShares, "description">;

/** How a feature's values were distributed at training and are now; undefined where either has none. */
export function distributionShares(
  bins: FeatureBins,
  training: FeatureProfile,
  now: FeatureProfile,
): DistributionShares | undefined {
  if (training.count === 0 || now.count === 0) return undefined;
  const shares =
    bins.type === "number"
      ? numberShares(bins, training as NumberProfile, now as NumberProfile)
      : categoryShares(bins, training as CategoryProfile, now as CategoryProfile);
  return { ...shares, description: described(bins, training, now, shares) };
}

const parts = 46;

/** Shares in parts of equal width; a bin's rows are spread evenly over its width. */
function numberShares({ edges }: NumberBins, training: NumberProfile, now: NumberProfile): Shares {
  const [first, last] = [edges[0] ?? Number(training.min), edges.at(-1) ?? Number(training.max)];
  const room = (last - first || 1) / 2;
  const ends = [training.min, training.max, now.min, now.max].map(Number);
  // one value far out must not push all others into one part
  const low = Math.max(Math.min(...ends), first - room);
  const high = Math.min(Math.max(...ends), last + room);
  const span = high - low || 1;
  const limits = [low, ...edges.map((edge) => Math.min(Math.max(edge, low), high)), high];
  const spread = ({ bins, count }: NumberProfile) => {
    const shares = new Array<number>(parts).fill(0);
    bins.forEach((rows, bin) => {
      spreadOver(shares, ((limits[bin] - low) / span) * parts, ((limits[bin + 1] - low) / span) * parts, rows / count);
    });
    return shares;
  };
  const scale = [low, low + span / 2, low + span].map((value) => figure(value, 3));
  return { before: spread(training), now: spread(now), scale, scaleAt: "ends" };
}

/** Adds a share to the parts from `from` to `to`, by how much of each lies between. */
function spreadOver(shares: number[], from: number, to: number, share: number): void {
  const width = to - from;
  const at = Math.min(Math.floor(from), parts - 1);
  if (width <= 0) shares[at] += share;
  else
    for (let part = at; part < to && part < parts; part++)
      shares[part] += (share * (Math.min(part + 1, to) - Math.max(part, from))) / width;
}

const shownLevels = 7;
const levelLength = 14;

/** The most frequent levels, and the rest together. */
function categoryShares({ levels }: CategoryBins, training: CategoryProfile, now: CategoryProfile): Shares {
  const all = levels.map((name, level) => ({
    name,
    before: training.levels[level] / training.count,
    now: now.levels[level] / now.count,
  }));
  all.push({ name: "never seen", before: training.unseen / training.count, now: now.unseen / now.count });
  const sorted = all.toSorted((a, b) => Math.max(b.before, b.now) - Math.max(a.before, a.now));
  const shown = sorted.slice(0, shownLevels).filter((one) => one.before + one.now > 0);
  const rest = sorted.slice(shownLevels).filter((one) => one.before + one.now > 0);
  const sum = (side: "before" | "now") => rest.reduce((total, one) => total + one[side], 0);
  if (rest.length > 0) shown.push({ name: "others", before: sum("before"), now: sum("now") });
  const short = (name: string) => (name.length > levelLength ? `${name.slice(0, levelLength - 1)}…` : name);
  return {
    before: shown.map((one) => one.before),
    now: shown.map((one) => one.now),
    scale: shown.map(({ name }) => short(name)),
    scaleAt: "middles",
  };
}

/** What the shares say, in words. */
function described({ name, type }: FeatureBins, training: FeatureProfile, now: FeatureProfile, shares: Shares): string {
  if (type === "category") {
    const told = shares.scale.map((level, i) => `${level} ${percent(shares.before[i])} to ${percent(shares.now[i])}`);
    return `${name}, shares of its values at training and now: ${told.join(", ")}.`;
  }
  const mean = (profile: FeatureProfile) => figure((profile as NumberProfile).sum / profile.count);
  const range = (profile: FeatureProfile) => {
    const { min, max } = profile as NumberProfile;
    return `${figure(Number(min))} to ${figure(Number(max))}`;
  };
  return `${name}: at training a mean of ${mean(training)} (${range(training)}), now ${mean(now)} (${range(now)}).`;
}
