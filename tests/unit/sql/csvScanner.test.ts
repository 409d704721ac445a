import { describe, expect, it } from "vitest";
import { CsvScanner } from "../../../shared/sql/csvScanner";

describe("the structure of comma-separated text", () => {
  it("is the same whatever chunks it arrives in", () => {
    const bytes = Buffer.from('a,b\r\n1,"x ""y"", \r\nz"\r\n\r\n2,3,4\n5,"6"7\n"8\r",9\n10,');
    const whole = new CsvScanner(new Set([2, 4]));
    whole.push(bytes);
    const single = new CsvScanner(new Set([2, 4]));
    for (const byte of bytes) single.push(Uint8Array.of(byte));
    const shape = whole.finish();
    expect(single.finish()).toEqual(shape);
    expect(shape).toMatchObject({ rowCount: 5, width: 2, faultCount: 2 });
    expect(shape.faults.map(({ row, line }) => [row, line])).toEqual([
      [2, 5],
      [3, 6],
    ]);
    expect([...shape.lines]).toEqual([
      [2, 5],
      [4, 7],
    ]);
  });
});
