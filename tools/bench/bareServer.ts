import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { InferenceSession, Tensor } from "onnxruntime-node";

/**
 * The peer: node:http and one session, without checks, capture or telemetry. Arguments: the model file, and the
 * positions of the number columns and of the category columns.
 */
async function main(): Promise<void> {
  const [file, numbersJson, categoriesJson] = process.argv.slice(2);
  const numbers = JSON.parse(numbersJson) as number[];
  const categories = JSON.parse(categoriesJson) as number[];
  const session = await InferenceSession.create(readFileSync(file), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: (number | string)[][] };
      const floats = new Float32Array(data.length * numbers.length);
      const texts = new Array<string>(data.length * categories.length);
      for (let row = 0, f = 0, t = 0; row < data.length; row++) {
        for (const at of numbers) floats[f++] = data[row][at] as number;
        for (const at of categories) texts[t++] = data[row][at] as string;
      }
      const feeds: Record<string, Tensor> = {};
      if (numbers.length > 0) feeds.numbers = new Tensor("float32", floats, [data.length, numbers.length]);
      if (categories.length > 0) feeds.categories = new Tensor("string", texts, [data.length, categories.length]);
      const { label, probabilities } = await session.run(feeds);
      const body = JSON.stringify({ label: label.data, probabilities: Array.from(probabilities.data as Float32Array) });
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
      response.end(body);
    });
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    process.send?.({ port: typeof address === "object" && address ? address.port : 0 });
  });
  process.on("disconnect", () => process.exit(0));
}

void main();
