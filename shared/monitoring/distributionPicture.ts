import type { MessagePicture } from "../alerts/message/alertMessage";
import { type Box, barPicture } from "../charts/barPicture";
import { type DistributionShares, distributionShares } from "./distributionShares";
import type { FeatureBins, FeatureProfile } from "./profile";

const widthPx = 552;
const heightPx = 150;
/** pixels of the picture for one on the screen, so that it is sharp on a fine one */
const fineness = 2;
// told apart by the colour-blind, on a light and on a dark ground (Okabe and Ito, 2008)
const thenColor = { box: [86, 180, 233, 150], text: "#3a8fc4" } as const;
const nowColor = { box: [213, 94, 0, 190], text: "#d55e00" } as const;
const lineColor = [128, 136, 150, 255] as const;

/** A picture of how a feature's values were distributed at training and are now; undefined where either has none. */
export function distributionPicture(
  bins: FeatureBins,
  training: FeatureProfile,
  now: FeatureProfile,
): MessagePicture | undefined {
  const shares = distributionShares(bins, training, now);
  if (shares === undefined) return undefined;
  return {
    png: barPicture(boxesOf(shares), widthPx * fineness, heightPx * fineness),
    widthPx,
    heightPx,
    title: bins.name,
    scale: shares.scale,
    scaleAt: shares.scaleAt,
    legend: [
      { label: "at training", color: thenColor.text },
      { label: "now", color: nowColor.text },
    ],
    description: shares.description,
  };
}

/** Many parts overlap, so that a shape is seen; few stand beside each other. */
function boxesOf({ before, now, scaleAt }: DistributionShares): Box[] {
  const [width, height] = [widthPx * fineness, heightPx * fineness];
  const highest = Math.max(...before, ...now);
  const step = width / before.length;
  const bar = (share: number, from: number, to: number, color: Box["color"]): Box => {
    const top = (height - 2 * fineness) * (1 - share / highest);
    return { left: from, right: to, top, bottom: height - 2 * fineness, color };
  };
  const isShape = scaleAt === "ends";
  const boxes = before.flatMap((share, part) => {
    const left = part * step;
    if (isShape)
      return [
        bar(share, left, left + step, thenColor.box),
        bar(now[part], left + step * 0.2, left + step * 0.8, nowColor.box),
      ];
    const gap = step * 0.12;
    const middle = left + step / 2;
    return [bar(share, left + gap, middle, thenColor.box), bar(now[part], middle, left + step - gap, nowColor.box)];
  });
  return [...boxes, { left: 0, right: width, top: height - fineness, bottom: height, color: lineColor }];
}
