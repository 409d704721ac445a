import { describe, expect, it } from "vitest";
import { decodePrepared, encodePrepared } from "../../../shared/data/encodePrepared";
import { csv, fruitSpec, hours, machineSpec, prepare } from "./inSession";

const machine = machineSpec();
const series = csv(hours("rrrrsrrrfrrrsssrrrrrfrsrrrsrrrrrfrrr"));

describe("encoding prepared data", () => {
  it("gives back what it took, from any position in memory, and the same bytes for the same data", async () => {
    const data = await prepare([series], machine);
    const bytes = encodePrepared(data);
    expect(decodePrepared(bytes)).toEqual(data);
    expect(Buffer.compare(bytes, encodePrepared(decodePrepared(bytes)))).toBe(0);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodePrepared(shifted.subarray(3))).toEqual(data);
    const rows = csv(
      Array.from({ length: 40 }, (_, i) => `${i},,${i % 3 ? "" : "r"},${["apple", "pear", "plum"][i % 3]}`),
      "Weight,Sugar,Skin,Kind",
    );
    const plain = await prepare([rows], fruitSpec());
    expect(decodePrepared(encodePrepared(plain))).toEqual(plain);
  });
});

describe("encoded data", () => {
  const headerOf = (bytes: Uint8Array) => {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return { length, header: JSON.parse(Buffer.from(bytes.subarray(4, 4 + length)).toString("utf8")) };
  };
  /** The same bytes with another header, filled up with spaces so that the columns stay where they are. */
  const withHeader = (bytes: Uint8Array, change: (header: ReturnType<typeof headerOf>["header"]) => void) => {
    const { length, header } = headerOf(bytes);
    change(header);
    const changed = Buffer.from(bytes);
    changed.write(JSON.stringify(header).padEnd(length), 4);
    return changed;
  };

  it("from before its header had a form is read, and without a unit of blocks too", async () => {
    const data = await prepare([series], machine);
    const first = withHeader(encodePrepared(data), (header) => {
      delete header.form;
      delete header.plain.blockUnit;
    });
    expect(decodePrepared(first)).toEqual({ ...data, blockUnit: "day" });
  });

  it("says which field of its header cannot be read, and which column is missing", async () => {
    const bytes = encodePrepared(await prepare([series], machine));
    const target = withHeader(bytes, (header) => delete header.plain.target);
    expect(() => decodePrepared(target)).toThrow("prepared.bin cannot be read: plain.target: it is missing");
    const column = withHeader(bytes, (header) => {
      delete header.form; // room for a longer number
      Object.assign(header.plain, { times: 99 });
    });
    expect(() => decodePrepared(column)).toThrow("prepared.bin names column 99");
    const newer = withHeader(bytes, (header) => Object.assign(header, { form: 9 }));
    expect(() => decodePrepared(newer)).toThrow("has form 9");
  });
});

describe("columns to slice by", () => {
  it("that are not features come beside them, with the levels that only the hold-out has, and are encoded too", async () => {
    const evaluation = { slices: ["Machine", "Load", "At"] };
    const late = hours("rrrrrr", "B").map((row) => row.replace("2024-01-01", "2024-01-02"));
    const data = await prepare(
      [csv([...hours("rrsrrrrrrrrrssrrrrrrrfrsrrrsrrrrrfrrr"), ...late])],
      machineSpec({ evaluation }),
    );
    expect(data.table.categories.map(({ name }) => name)).toEqual(["State"]);
    expect(data.sliceTable?.numbers).toEqual([]);
    const [{ name, levels, codes }] = data.sliceTable!.categories;
    expect([name, levels]).toEqual(["Machine", ["A", "B"]]);
    expect(codes).toHaveLength(data.target.length);
    expect(new Set(Array.from(data.holdoutRows, (row) => levels[codes[row]]))).toEqual(new Set(["A", "B"]));
    expect(new Set(Array.from(data.trainRows, (row) => levels[codes[row]]))).toEqual(new Set(["A"]));
    expect(decodePrepared(encodePrepared(data))).toEqual(data);
  });
});
