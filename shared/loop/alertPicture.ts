import { z } from "zod";
import type { Alert } from "../alerts/alert";
import type { MessagePicture } from "../alerts/message/alertMessage";
import { distributionPicture } from "../monitoring/distributionPicture";
import { ownValue } from "../ownValue";
import { type CountPorts, versionCounts } from "./versionCounts";

/** The evidence of alerts about features in a window, whichever signal raises them. */
const aboutFeatures = z.object({
  version: z.number(),
  windowStart: z.iso.datetime(),
  windowEnd: z.iso.datetime(),
  features: z.array(z.string()).min(1),
  values: z.record(z.string(), z.object({ value: z.number().nullish(), threshold: z.number().nullish() })).default({}),
});

type AboutFeatures = z.infer<typeof aboutFeatures>;

/** A picture of the feature that moved most, at training and in the alert's window; undefined for other alerts. */
export async function alertPicture(
  ports: CountPorts,
  { subject, evidence }: Alert,
): Promise<MessagePicture | undefined> {
  const about = aboutFeatures.safeParse(evidence);
  if (!about.success) return undefined;
  const range = { from: new Date(about.data.windowStart), to: new Date(about.data.windowEnd) };
  const counts = await versionCounts(ports, subject, about.data.version, range);
  if (counts === undefined) return undefined;
  const { training, now } = counts;
  const name = movedMost(about.data);
  const at = training.bins.findIndex((bins) => bins.name === name);
  return at < 0
    ? undefined
    : distributionPicture(training.bins[at], training.profile.features[at], now.inputs.features[at]);
}

/** The feature whose value is farthest beyond its threshold; the first where none has both. */
function movedMost({ features, values }: AboutFeatures): string {
  const excess = (name: string) => {
    const { value, threshold } = ownValue(values, name) ?? {};
    return value != null && threshold ? value / threshold : 0;
  };
  return features.reduce((most, name) => (excess(name) > excess(most) ? name : most));
}
