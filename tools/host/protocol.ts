/** One value on its way into or out of a function, in the shape that the programming model reads. */
export interface RpcData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  int?: number;
  double?: number;
}

export interface Binding {
  type: string;
  direction: "in" | "out";
  [option: string]: unknown;
}

export interface RetryOptions {
  maxRetryCount: number;
  retryStrategy: "fixedDelay" | "exponentialBackoff";
  delayInterval?: { seconds: number };
  minimumInterval?: { seconds: number };
  maximumInterval?: { seconds: number };
}

/** A function as the app registered it. */
export interface Registration {
  name: string;
  bindings: Record<string, Binding>;
  retryOptions?: RetryOptions;
}

export type AuthLevel = "anonymous" | "function" | "admin";

export interface Keys {
  master: string;
  function: string;
}

/** What the child needs to serve one HTTP function; `path` is the route template without a leading slash. */
export interface HttpRoute {
  functionName: string;
  bindingName: string;
  path: string;
  methods: string[];
  authLevel: AuthLevel;
}

/** Where one output of a function goes; `name` is the binding's, `$return` for the return value. */
export type OutputPlan =
  | { kind: "queue"; name: string; queueName: string; connectionString: string; base64: boolean }
  | { kind: "blob"; name: string; path: string; connectionString: string };

export interface FunctionSummary {
  name: string;
  kind: "http" | "timer" | "queue" | "blob";
  isDisabled: boolean;
}

export interface StartMessage {
  type: "start";
  port: number;
  keys: Keys;
  hostId: string;
  routes: HttpRoute[];
  outputs: Record<string, OutputPlan[]>;
  functions: FunctionSummary[];
}

export interface InvokeMessage {
  type: "invoke";
  id: string;
  functionName: string;
  inputName: string;
  data: RpcData;
  triggerMetadata: Record<string, RpcData>;
  retryContext?: { retryCount: number; maxRetryCount: number; exception?: { message: string } };
}

export type ToWorker = StartMessage | InvokeMessage | { type: "stop"; drainMs: number };

/** The invocation that has run longest. */
export interface OldestInvocation {
  functionName: string;
  id: string;
  ageMs: number;
}

export type FromWorker =
  | { type: "loaded"; functions: Registration[] }
  /** the worker could not start; the stack is there when it was the app's own error */
  | { type: "failed"; message: string; stack?: string }
  | { type: "listening"; port: number }
  /** it is stopping, and no longer listens on its port */
  | { type: "closed" }
  /** null when the worker is idle */
  | { type: "beat"; oldest: OldestInvocation | null }
  | { type: "done"; id: string; error?: { message: string; stack?: string } }
  /** `POST /admin/functions/{name}` was called */
  | { type: "run"; functionName: string; input: string };

export const beatMs = 100;
