import { signals } from "../monitoring/signals/registry";
import { type WatchPorts, watchState } from "./watchState";

/** The signals that do not watch a model's champion, each with why not. */
export async function unwatchedSignals(
  ports: WatchPorts,
  model: string,
): Promise<{ signal: string; reason: string }[]> {
  const states = await Promise.all(
    signals.map(async ([section, { name }]) => ({ signal: name, state: await watchState(ports, model, section) })),
  );
  return states.flatMap(({ signal, state }) => (state.watched ? [] : [{ signal, reason: state.reason }]));
}
