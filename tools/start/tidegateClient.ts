import { messageOf } from "../../shared/errors";
import type { LocalInfo } from "./localState";

const requestLimitMs = 30_000;

/** Calls a running Tidegate as its users do, with the local keys. */
export class TidegateClient {
  constructor(private readonly info: Pick<LocalInfo, "url" | "functionKey" | "masterKey">) {}

  /**
   * The JSON answer to `GET path`; undefined for 404; throws with the reason given in any other unsuccessful answer.
   */
  async get<T>(path: string): Promise<T | undefined> {
    const response = await this.send("GET", path, {});
    return response.status === 404 ? undefined : read<T>(response, path);
  }

  /** The JSON answer to `GET path`; throws with the reason given in an unsuccessful answer. */
  async require<T>(path: string): Promise<T> {
    return read<T>(await this.send("GET", path, {}), path);
  }

  /** The JSON answer to `GET path`, whatever its status. */
  async any<T>(path: string): Promise<T> {
    return (await this.send("GET", path, {})).json() as Promise<T>;
  }

  /** Scores one row (feature -> value); `version` pins a version, if it is not the champion that should answer. */
  async score<T>(model: string, row: object, version?: number): Promise<T> {
    const path = `/score/${model}`;
    const pin = version === undefined ? {} : { "x-tidegate-version": String(version) };
    const response = await this.send("POST", path, { ...pin, "content-type": "application/json" }, { rows: [row] });
    return read<T>(response, path);
  }

  /** Runs the function of a timer now. */
  async runNow(functionName: string): Promise<void> {
    const path = `/admin/functions/${functionName}`;
    const headers = { "x-functions-key": this.info.masterKey, "content-type": "application/json" };
    const response = await this.send("POST", path, headers, {});
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  }

  private async send(method: string, path: string, headers: object, body?: object): Promise<Response> {
    try {
      return await fetch(`${this.info.url}${path}`, {
        method,
        headers: { "x-functions-key": this.info.functionKey, ...headers },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(requestLimitMs),
      });
    } catch (cause) {
      throw new Error(`Tidegate at ${this.info.url} does not answer (${reasonOf(cause)})`, { cause });
    }
  }
}

/** The actual reason: fetch wraps it in an error that only says "fetch failed". */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return (inner as { code?: string }).code ?? messageOf(inner);
}

async function read<T>(response: Response, path: string): Promise<T> {
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  throw new Error(problemOf(text) ?? `${path} answered ${response.status}: ${text.slice(0, 300)}`);
}

/** The message of an error answer. */
function problemOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: string }).error;
  } catch {
    return undefined; // the host's own error answers have no body
  }
}
