// Preloaded into the storage emulator. Its listings fail entirely if one blob has a name that XML cannot represent,
// such as one with an escape character. The real service percent-encodes such a name and marks it as encoded:
// https://learn.microsoft.com/rest/api/storageservices/list-blobs
const xml = require("azurite/dist/src/blob/generated/utils/xml.js") as {
  stringifyXML(body: unknown, options?: object): string;
};
const { stringifyXML } = xml;
xml.stringifyXML = (body, options) => stringifyXML(encoded(body), options);

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML cannot represent
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

function encoded(value: unknown, key?: string): unknown {
  if (typeof value === "string" && notXml.test(value)) {
    const text = encodeURIComponent(value);
    return key === "Name" ? { $: { Encoded: "true" }, _: text } : text;
  }
  if (Array.isArray(value)) return value.map((one) => encoded(one, key));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, encoded(one, name)]));
}
