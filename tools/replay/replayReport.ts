import type { Judged } from "./judgeReplay";
import type { Replayed } from "./replay";

/** What a replay found, as its JSON file has it. */
export interface ReplayReport extends Judged, Omit<Replayed, "predictions" | "monitoring"> {
  usecase: string;
  file: string;
  from: string;
  to: string;
  /** of this machine */
  seconds: number;
}
