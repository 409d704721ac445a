/** A blob trigger's path, split and ready to match. */
export interface BlobPattern {
  container: string;
  /** what every matching name begins with, for listing */
  prefix: string;
  /** the path's parameters when the name matches, else null */
  match(blobName: string): Record<string, string> | null;
}

/**
 * Reads a path such as `inbox/{usecase}/{file}`. As on the real host, a parameter matches any characters, slashes
 * included, the first ones as many as they can; a container without a name pattern takes every blob. Throws on anything
 * else.
 */
export function parseBlobPattern(path: string): BlobPattern {
  const slash = path.indexOf("/");
  const container = slash < 0 ? path : path.slice(0, slash);
  const name = slash < 0 ? "{name}" : path.slice(slash + 1);
  if (!/^[a-z0-9](?:-?[a-z0-9]){2,62}$|^\$root$|^\$web$/.test(container)) {
    throw new Error(
      `the blob path "${path}" does not begin with a container's name (lower case, digits, single hyphens)`,
    );
  }
  const names: string[] = [];
  const source = name.replaceAll(/\{([^{}]*)\}|[{}]|[^{}]+/g, (part, parameter: string | undefined) => {
    if (parameter === undefined && /^[{}]$/.test(part))
      throw new Error(`the braces of the blob path "${path}" do not match`);
    if (parameter === undefined) return part.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
    if (!/^[A-Za-z_]\w*$/.test(parameter)) throw new Error(`"{${parameter}}" in the blob path "${path}" is not a name`);
    if (names.includes(parameter)) throw new Error(`"{${parameter}}" appears twice in the blob path "${path}"`);
    names.push(parameter);
    return `(?<${parameter}>.*)`;
  });
  const regex = new RegExp(`^${source}$`, "s");
  return {
    container,
    prefix: name.split("{")[0],
    match: (blobName) => {
      const found = regex.exec(blobName);
      return found && { ...found.groups };
    },
  };
}
