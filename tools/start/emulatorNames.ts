// Preloaded into the storage emulator, whose listings fail as a whole over one blob whose name XML cannot hold, such as one with an
// escape character. The service percent-encodes such a name and says so: https://learn.microsoft.com/rest/api/storageservices/list-blobs
const xml = require("azurite/dist/src/blob/generated/utils/xml.js") as {
  stringifyXML(body: unknown, options?: object): string;
};
const { stringifyXML } = xml;
xml.stringifyXML = (body, options) => stringifyXML(encoded(body), options);

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML cannot hold
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
