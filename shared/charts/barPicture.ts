import { crc32, deflateSync } from "node:zlib";

/** A filled rectangle in pixels, y downwards; edges may lie between pixels and are then blended. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** red, green, blue and opacity, 0 to 255 */
  color: readonly [number, number, number, number];
}

/**
 * A PNG of rectangles on a transparent ground, each drawn over those before it: mail readers show no SVG. Source of the
 * format: https://www.w3.org/TR/png-3/
 */
export function barPicture(boxes: readonly Box[], widthPx: number, heightPx: number): Uint8Array {
  const pixels = new Float32Array(widthPx * heightPx * 4);
  for (const box of boxes) fill(pixels, widthPx, heightPx, box);
  return png(pixels, widthPx, heightPx);
}

/** Blends a box over the pixels (red, green, blue from 0 to 255, opacity from 0 to 1) by how much of each it covers. */
function fill(pixels: Float32Array, width: number, height: number, { left, top, right, bottom, color }: Box): void {
  const covered = (at: number, low: number, high: number) => Math.min(at + 1, high) - Math.max(at, low);
  const end = (edge: number, size: number) => Math.min(Math.ceil(edge), size);
  for (let y = Math.max(0, Math.floor(top)); y < end(bottom, height); y++)
    for (let x = Math.max(0, Math.floor(left)); x < end(right, width); x++) {
      const share = (covered(x, left, right) * covered(y, top, bottom) * color[3]) / 255;
      const at = 4 * (y * width + x);
      const below = pixels[at + 3] * (1 - share);
      const opacity = share + below;
      if (opacity <= 0) continue;
      for (let one = 0; one < 3; one++) pixels[at + one] = (color[one] * share + pixels[at + one] * below) / opacity;
      pixels[at + 3] = opacity;
    }
}

function png(pixels: Float32Array, width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits a channel, red green blue opacity
  const lines = Buffer.alloc(height * (1 + 4 * width)); // each line begins with 0: it is not filtered
  for (let y = 0; y < height; y++)
    for (let i = 0; i < 4 * width; i++) {
      const value = pixels[4 * width * y + i];
      lines[y * (1 + 4 * width) + 1 + i] = Math.round(i % 4 === 3 ? 255 * value : value);
    }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND")]);
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(8 + named.length);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), 4 + named.length);
  return framed;
}
