const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const maxFaults = 20;
/** the SQL reader's limit on a record */
const maxRecordBytes = 2_000_000;

/** A record that does not fit the header: row 1 is the first after the header, `line` is where it starts. */
export interface CsvFault {
  row: number;
  line: number;
  message: string;
}

export interface CsvShape {
  /** rows after the header, -1 when there is not even a header */
  rowCount: number;
  /** cells of the header */
  width: number;
  faults: CsvFault[];
  faultCount: number;
  /** the file's line on which each of the rows asked for starts */
  lines: Map<number, number>;
}

/**
 * Checks the structure of comma-separated bytes (RFC 4180, LF or CRLF, empty lines skipped) that arrive in chunks. The
 * SQL reader parses the cells, but cannot say which rows are broken, and reads a file cut inside a quoted cell without
 * a word.
 */
export class CsvScanner {
  private state: "start" | "plain" | "quoted" | "afterQuote" = "start";
  private line = 1;
  private recordLine = 1;
  private fields = 1;
  private isEmpty = true;
  private recordBytes = 0;
  private sawReturn = false;
  private strayQuote = false;
  private width = 0;
  private row = -1;
  private readonly shape: CsvShape = { rowCount: 0, width: 0, faults: [], faultCount: 0, lines: new Map() };

  /** `wanted`: rows whose line the result should tell. */
  constructor(private readonly wanted: ReadonlySet<number> = new Set()) {}

  push(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length; i++) this.byte(chunk[i]);
  }

  /** Rows after the header so far. */
  get rows(): number {
    return Math.max(this.row, 0);
  }

  /** Cells of the header so far. */
  get columns(): number {
    return this.row < 0 ? this.fields : this.width;
  }

  /** Ends the last record; nothing may be pushed after it. */
  finish(): CsvShape {
    if (this.state === "quoted") this.fault("the file ends inside a quoted cell");
    else this.endRecord();
    this.shape.width = this.width;
    this.shape.rowCount = this.row;
    return this.shape;
  }

  private byte(code: number): void {
    this.recordBytes++;
    if (this.state === "quoted") {
      if (code === quote) this.state = "afterQuote";
      else if (code === lineFeed) this.line++;
      return;
    }
    if (code === lineFeed) {
      this.endRecord();
      this.recordLine = ++this.line;
      return;
    }
    if (this.sawReturn) this.strayQuote = true;
    this.sawReturn = code === carriageReturn;
    if (this.sawReturn) return;
    this.isEmpty = false;
    if (code === comma) {
      this.fields++;
      this.state = "start";
    } else if (code !== quote) {
      if (this.state === "afterQuote") this.strayQuote = true;
      this.state = "plain";
    } else if (this.state === "plain") this.strayQuote = true;
    else this.state = "quoted"; // opens a cell, or is the second of a doubled quote
  }

  private endRecord(): void {
    if (!this.isEmpty) {
      this.row++;
      if (this.row === 0) this.width = this.fields;
      if (this.wanted.has(this.row)) this.shape.lines.set(this.row, this.recordLine);
      if (this.strayQuote)
        this.fault("there is a quote or carriage return inside a cell; quote the cell and double its quotes");
      else if (this.recordBytes > maxRecordBytes) this.fault(`the row is longer than ${maxRecordBytes} bytes`);
      else if (this.fields !== this.width) this.fault(`${this.fields} cells where the header has ${this.width}`);
    }
    this.state = "start";
    this.fields = 1;
    this.recordBytes = 0;
    this.isEmpty = true;
    this.sawReturn = false;
    this.strayQuote = false;
  }

  private fault(message: string): void {
    this.shape.faultCount++;
    if (this.shape.faults.length < maxFaults) {
      const row = this.state === "quoted" ? this.row + 1 : this.row;
      this.shape.faults.push({ row, line: this.recordLine, message });
    }
  }
}
