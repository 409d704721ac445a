import type { ModelSignature } from "../onnx/signature";
import type { ColumnMasks } from "../usecase/columnMasks";
import type { Usecase } from "../usecase/loadUsecases";
import type { WireBody, WireFormat, WireHeaders } from "./wire/wireFormat";

/** A request as it is captured. */
export interface CapturedRequest {
  format: WireFormat;
  body: WireBody;
  headers: WireHeaders;
  /** of the version that answered; absent if the request was refused */
  signature?: ModelSignature;
}

/**
 * What the inference log keeps of a request: its body as it came or, where columns of the use case are sensitive, with
 * their masks in place. Of a refused one nothing is kept then, for a sensitive value may stand anywhere in it.
 */
export function capturedInputs(masks: ColumnMasks, usecase: Usecase | undefined, request: CapturedRequest): string {
  const { format, body, headers, signature } = request;
  const cells = usecase && masks.of(usecase.spec);
  if (usecase === undefined || cells === undefined || cells.size === 0) return format.captured(body, headers);
  if (signature === undefined) return "";
  const declared = new Set(Object.keys(usecase.spec.columns));
  return format.masked(format.captured(body, headers), { masks: cells, declared }, signature) ?? "null";
}
