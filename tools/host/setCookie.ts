import type { RpcCookie } from "./coreModule";

const sameSiteNames = { lax: "Lax", strict: "Strict", explicitNone: "None", none: undefined };

/** One `Set-Cookie` value (RFC 6265, section 4.1). */
export function serializeCookie(cookie: RpcCookie): string {
  const sameSite = sameSiteNames[cookie.sameSite ?? "none"];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    cookie.maxAge && `Max-Age=${cookie.maxAge.value}`,
    cookie.domain && `Domain=${cookie.domain.value}`,
    cookie.path && `Path=${cookie.path.value}`,
    cookie.expires && `Expires=${new Date(cookie.expires.value.seconds * 1000).toUTCString()}`,
    cookie.httpOnly?.value && "HttpOnly",
    cookie.secure?.value && "Secure",
    sameSite && `SameSite=${sameSite}`,
  ]
    .filter(Boolean)
    .join("; ");
}
