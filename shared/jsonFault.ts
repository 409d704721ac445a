/** What is wrong with a text that should be JSON, and where, counted from 1. */
export interface JsonFault {
  line: number;
  column: number;
  message: string;
}

const space = /[ \t\r\n]*/y;
const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none of them in a text
const quoted = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
/** how other languages write that there is no value */
const unknown = /^[+-]?(?:nan|inf|infinity|none|undefined|null|na|nil)\b/i;
const deepest = 200;

/** The first fault of a text that JSON.parse refuses. */
export function jsonFault(text: string): JsonFault {
  const scan = new Scan(text);
  const message = scan.value() ?? scan.end() ?? "it is not valid JSON";
  const before = text.slice(0, scan.at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
}

/** Walks a text; each step returns what is wrong, and leaves `at` there. */
class Scan {
  at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  value(): string | undefined {
    this.take(space);
    const next = this.text[this.at];
    if (next === "{") return this.list("}", () => this.member());
    if (next === "[") return this.list("]", () => this.value());
    if (next === '"') return this.quoted();
    if (this.take(literal)) return undefined;
    return next === undefined ? "the text ends where a value is needed" : this.strange("a value is needed");
  }

  end(): string | undefined {
    this.take(space);
    return this.at < this.text.length ? "there is more text after the end" : undefined;
  }

  private list(close: string, entry: () => string | undefined): string | undefined {
    // a text of a million brackets ends here, and not at the end of the stack
    if (++this.depth > deepest) return `lists and objects are nested more than ${deepest} deep`;
    this.at++;
    if (this.takes(close)) return this.left();
    for (;;) {
      const fault = entry();
      if (fault !== undefined) return fault;
      if (this.takes(close)) return this.left();
      if (!this.takes(","))
        return this.text[this.at] === undefined
          ? `${close} is missing at the end`
          : `a comma or ${close} is missing before this`;
      if (this.text[this.at] === close) return `${close} follows a comma: remove the comma`;
    }
  }

  private left(): undefined {
    this.depth--;
  }

  private member(): string | undefined {
    this.take(space);
    if (this.text[this.at] !== '"') return this.strange("a name in double quotes is needed");
    const fault = this.quoted();
    if (fault !== undefined) return fault;
    return this.takes(":") ? this.value() : "a colon is missing before this";
  }

  private quoted(): string | undefined {
    return this.take(quoted)
      ? undefined
      : "the text that starts here does not end, or holds a line break or a wrong escape";
  }

  private strange(needed: string): string {
    const rest = this.text.slice(this.at, this.at + 12);
    if (unknown.test(rest)) return "JSON has no such value: write null where it is unknown";
    if (rest.startsWith("//") || rest.startsWith("/*")) return "JSON has no comments: remove it";
    return rest.startsWith("'") ? "JSON allows double quotes only" : needed;
  }

  /** Whether `mark` comes next, after space; space after it is passed over too. */
  private takes(mark: string): boolean {
    this.take(space);
    if (this.text[this.at] !== mark) return false;
    this.at++;
    this.take(space);
    return true;
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found !== null;
  }
}
