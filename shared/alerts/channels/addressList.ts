import { z } from "zod";

/** The entries of a setting that holds several, split at commas. */
export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** A setting that holds web addresses, split at commas; https, or http on this machine. */
export const webAddresses = z
  .string()
  .transform(splitList)
  .refine((list) => list.every(isWebAddress), {
    error: "addresses that begin with https:// are needed, split at commas (http:// on this machine only)",
  });

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
