import type { LocalInfo } from "./localState";

/** Calls a running Tidegate as its users do, with the local keys. */
export class TidegateClient {
  constructor(private readonly info: Pick<LocalInfo, "url" | "functionKey">) {}

  /** The JSON that `GET path` answers; undefined for 404; throws with the answer's reason otherwise. */
  async get<T>(path: string): Promise<T | undefined> {
    const response = await fetch(`${this.info.url}${path}`, { headers: this.headers() });
    if (response.status === 404) return undefined;
    return this.read(response, path);
  }

  /** Scores one row (feature -> value); `version` pins a version where no champion answers. */
  async score<T>(model: string, row: object, version?: number): Promise<T> {
    const path = `/score/${model}`;
    const pin = version === undefined ? {} : { "x-tidegate-version": String(version) };
    const headers = { ...this.headers(), ...pin, "content-type": "application/json" };
    const response = await fetch(`${this.info.url}${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify({ rows: [row] }),
    });
    return this.read(response, path);
  }

  private headers(): Record<string, string> {
    return { "x-functions-key": this.info.functionKey };
  }

  private async read<T>(response: Response, path: string): Promise<T> {
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }
}
