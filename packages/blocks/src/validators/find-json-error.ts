/** Where a text stops being JSON, and how. */
export interface JsonError {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** A phrase: `expected a value, found "x"`. */
  readonly problem: string;
}

/**
 * Finds the first place at which a text is not JSON; undefined when it is. The messages of `JSON.parse` are not used, since
 * they change with the version of Node and give no position for a short text.
 */
export function findJsonError(text: string): JsonError | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.readDocument();
    return undefined;
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    const before = text.slice(0, scanner.position).split('\n');
    return { line: before.length, column: (before.at(-1) as string).length + 1, problem: error.message };
  }
}

class Unexpected extends Error {}

const deepest = 500;

class Scanner {
  position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): void {
    this.#skipSpace();
    if (this.#text.startsWith('```', this.position))
      throw new Unexpected('expected a value, found a Markdown code fence');
    this.#readValue(0);
    this.#skipSpace();
    if (this.position < this.#text.length) throw new Unexpected(`the text goes on after the value: ${this.#found()}`);
  }

  #readValue(depth: number): void {
    if (depth > deepest) throw new Unexpected(`nested more than ${deepest} deep`);
    const character = this.#text[this.position];
    if (character === '{') this.#readMembers(depth, '}', true);
    else if (character === '[') this.#readMembers(depth, ']', false);
    else if (character === '"') this.#readString();
    else this.#readScalar();
  }

  #readMembers(depth: number, end: '}' | ']', named: boolean): void {
    this.position++;
    this.#skipSpace();
    if (this.#take(end)) return;
    for (;;) {
      if (named) this.#readKey();
      this.#readValue(depth + 1);
      this.#skipSpace();
      if (this.#take(end)) return;
      if (!this.#take(',')) throw new Unexpected(`expected "," or "${end}", found ${this.#found()}`);
      this.#skipSpace();
    }
  }

  #readKey(): void {
    if (this.#text[this.position] !== '"')
      throw new Unexpected(`expected a key in double quotes, found ${this.#found()}`);
    this.#readString();
    this.#skipSpace();
    if (!this.#take(':')) throw new Unexpected(`expected ":", found ${this.#found()}`);
    this.#skipSpace();
  }

  #readString(): void {
    const start = this.position++;
    for (;;) {
      plainPattern.lastIndex = this.position;
      plainPattern.exec(this.#text);
      this.position = plainPattern.lastIndex;
      if (this.#take('"')) return;
      if (this.position >= this.#text.length) {
        this.position = start;
        throw new Unexpected('text without a closing quote');
      }
      if (this.#text[this.position] !== '\\') throw new Unexpected(`${this.#found()} within text must be escaped`);
      escapePattern.lastIndex = this.position;
      if (!escapePattern.test(this.#text)) throw new Unexpected('a backslash that escapes nothing');
      this.position = escapePattern.lastIndex;
    }
  }

  #readScalar(): void {
    scalarPattern.lastIndex = this.position;
    if (!scalarPattern.test(this.#text)) throw new Unexpected(`expected a value, found ${this.#found()}`);
    this.position = scalarPattern.lastIndex;
  }

  #take(character: string): boolean {
    if (this.#text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  #skipSpace(): void {
    spacePattern.lastIndex = this.position;
    spacePattern.exec(this.#text);
    this.position = spacePattern.lastIndex;
  }

  #found(): string {
    const code = this.#text.codePointAt(this.position);
    if (code === undefined) return 'the end of the text';
    return code === 0x22 ? 'a double quote' : JSON.stringify(String.fromCodePoint(code));
  }
}

// All sticky: each matches at its `lastIndex` or not at all; the first and the last also match nothing.
const spacePattern = /[ \t\n\r]*/y;
const scalarPattern = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids control characters within text
const plainPattern = /[^"\\\u0000-\u001f]*/y;
