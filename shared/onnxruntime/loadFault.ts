/** A kind of error of ONNX Runtime, recognised by its text, and what it means for whoever exported the model. */
interface KnownFault {
  pattern: RegExp;
  text(found: RegExpExecArray): string;
  /** the runtime's own message names the place in the graph */
  keepsRaw?: boolean;
}

const knownFaults: KnownFault[] = [
  { pattern: /data pointer is null/i, text: () => "the file is empty: export the model again" },
  {
    pattern: /protobuf parsing failed|no graph was found/i,
    text: () => "the file is not an ONNX model, or is cut short: export it again and drop the whole file",
  },
  {
    pattern: /Opset (\d+) is under development.*support for domain (\S+) is till opset (\d+)/s,
    text: ([, opset, domain, newest]) =>
      `the model requires opset ${opset} of ${domain}; this ONNX Runtime supports up to ${newest}: export it with opset ${newest} or lower`,
  },
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    text: ([, version, newest]) =>
      `the model has ONNX format (IR) version ${version}; this ONNX Runtime reads up to ${newest}: export it with an older onnx package`,
  },
  {
    pattern: /Missing opset in the model/,
    text: () => "the model does not declare an opset: export it again",
  },
  {
    pattern: /No Op registered for (\S+)|(\S+?)(?:\(-?\d+\))? is not a registered function|implementation for (\S+)\(/,
    text: ([, a, b, c]) =>
      `ONNX Runtime does not know the operator ${a ?? b ?? c} as the model uses it: export it with standard operators or another opset`,
    keepsRaw: true,
  },
  {
    pattern: /No opset import for domain/,
    text: () => "the model uses operators from a domain that it does not import",
    keepsRaw: true,
  },
  {
    pattern: /invalid (tensor|model)|Type Error|ShapeInferenceError|does not match expected count/i,
    text: () => "the model's graph is inconsistent: export it again",
    keepsRaw: true,
  },
];

/** Why ONNX Runtime refused to load a model, in plain words, followed by its own message if that names the place. */
export function loadFault(message: string): string {
  const raw = withoutSource(message);
  for (const { pattern, text, keepsRaw } of knownFaults) {
    const found = pattern.exec(raw);
    if (found) return keepsRaw ? `${text(found)} (ONNX Runtime: ${raw})` : text(found);
  }
  return `ONNX Runtime cannot load the model: ${raw}`;
}

/** Removes the runtime's source lines and signatures, as in "/onnxruntime_src/a.cc:1 void f(int) Text". */
function withoutSource(message: string): string {
  return message.replace(/\/onnxruntime_src\/\S+:\d+ .*?\) (?=[A-Z[])/gs, "").trim();
}
