import { type ScorePorts, scoreRequest } from "../../shared/serving/scoreRequest";
import { wireFormat } from "../../shared/serving/wire/registry";
import type { WireRequest } from "../../shared/serving/wire/wireFormat";

/** A request of the plain format, as it reaches a loaded model. */
export function plainRequest(body: WireRequest["body"]): WireRequest {
  const requestId = "00000000-0000-0000-0000-000000000001";
  return { format: "plain", body, model: "fruit", version: 1, requestId };
}

/** The predictions in a reply of the plain format, one per row. */
export function predictionsOf(reply: { body: WireRequest["body"] }): Record<string, unknown>[] {
  return JSON.parse(String(reply.body)).predictions;
}

/** Calls the plain endpoint; returns the body of the reply as text. */
export async function scorePlain(ports: ScorePorts, asked: { model: string; pin?: string; body: string }) {
  const requestId = "00000000-0000-0000-0000-000000000001";
  const reply = await scoreRequest(ports, { ...asked, format: wireFormat("plain"), requestId });
  return { ...reply, body: String(reply.body) };
}
