import { crc32, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { barPicture } from "../../../shared/charts/barPicture";

/** The chunks of a PNG, each with its checksum tested. */
function chunksOf(png: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString("latin1")).toBe("\u0089PNG\r\n\u001a\n");
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    expect(bytes.readUInt32BE(end)).toBe(crc32(bytes.subarray(at + 4, end)));
    chunks.set(bytes.toString("latin1", at + 4, at + 8), bytes.subarray(at + 8, end));
    at = end + 4;
  }
  return chunks;
}

/** Red, green, blue and opacity of a pixel. */
function pixelOf(png: Uint8Array, width: number, x: number, y: number): number[] {
  const lines = inflateSync(chunksOf(png).get("IDAT") ?? Buffer.alloc(0));
  const at = y * (1 + 4 * width) + 1 + 4 * x;
  return [...lines.subarray(at, at + 4)];
}

const red = [255, 0, 0, 255] as const;
const blue = [0, 0, 255, 255] as const;

describe("a picture of bars", () => {
  it("is a PNG of its size, transparent where nothing is drawn", () => {
    const png = barPicture([{ left: 1, top: 0, right: 2, bottom: 2, color: red }], 3, 2);
    expect([...chunksOf(png).keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
    const header = chunksOf(png).get("IHDR");
    expect([header?.readUInt32BE(0), header?.readUInt32BE(4), header?.[8], header?.[9]]).toEqual([3, 2, 8, 6]);
    expect(pixelOf(png, 3, 0, 0)).toEqual([0, 0, 0, 0]);
    expect(pixelOf(png, 3, 1, 1)).toEqual([255, 0, 0, 255]);
  });

  it("blends a pixel that a bar covers in part by its share", () => {
    const png = barPicture([{ left: 0.5, top: 0.5, right: 2, bottom: 2, color: red }], 2, 2);
    expect(pixelOf(png, 2, 0, 0)).toEqual([255, 0, 0, 64]);
    expect(pixelOf(png, 2, 1, 0)).toEqual([255, 0, 0, 128]);
  });

  it("draws a bar over those before it", () => {
    const whole = { left: 0, top: 0, right: 1, bottom: 1 };
    const half = barPicture(
      [
        { ...whole, color: blue },
        { ...whole, color: [255, 0, 0, 51] },
      ],
      1,
      1,
    );
    expect(pixelOf(half, 1, 0, 0)).toEqual([51, 0, 204, 255]);
  });

  it("leaves out what lies outside", () => {
    const png = barPicture([{ left: -5, top: -5, right: 9, bottom: 0.5, color: red }], 1, 2);
    expect([pixelOf(png, 1, 0, 0), pixelOf(png, 1, 0, 1)]).toEqual([
      [255, 0, 0, 128],
      [0, 0, 0, 0],
    ]);
  });
});
