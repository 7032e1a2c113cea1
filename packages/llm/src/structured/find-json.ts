/** A part of a text that begins like a JSON object or list. */
export interface JsonPart {
  readonly text: string;
  /** Whether the text ends before every bracket is closed. */
  readonly open: boolean;
}

/**
 * Finds the parts of a text that begin like a JSON object or list and are not within another one: between the sentences
 * of a model, within its Markdown fences. What they hold may be broken.
 */
export function findJsonParts(text: string): JsonPart[] {
  const parts: JsonPart[] = [];
  const strings = new StringScan(text);
  // Other brackets of a sentence, such as {this} or [that], begin nothing.
  const beginning = /\{\s*(?:["'“}]|[\w$]+\s*:)|\[\s*(?:["'“{[\]\d-]|true|false|null)/gi;
  for (let match = beginning.exec(text); match !== null; match = beginning.exec(text)) {
    const end = findEnd(text, match.index, strings);
    if (end === undefined) return [...parts, { text: dropFence(text.slice(match.index)), open: true }];
    parts.push({ text: text.slice(match.index, end), open: false });
    beginning.lastIndex = end;
  }
  return parts;
}

/** The text within, when a Markdown fence is around all of it. */
export function unwrapFence(text: string): string | undefined {
  const opening = /^```[\w+-]*\s/.exec(text)?.[0];
  if (opening === undefined || !text.slice(opening.length).endsWith(fence)) return undefined;
  return text.slice(opening.length, -fence.length).trimEnd();
}

/**
 * Whether broken JSON says less than its writer meant: it ends in the middle of a string or where something has to follow,
 * has an ellipsis for what was too long, or a key without a value. To mend it would pass off a part for the whole.
 */
export function isPartial(text: string): boolean {
  if (/[,:{[]$/.test(text)) return true;
  const structure = emptyStrings(text);
  if (/[,[{]\s*(?:\.\.\.|…)\s*[,\]}]|:\s*[,\]}]/.test(structure)) return true;
  return !/[}\]]$/.test(text) && structure.replaceAll('""', '').includes('"');
}

const fence = '```';

/**
 * Finds where strings end, each character read once: models' answers are long, and a pattern that begins anew at every quote
 * takes time in proportion to the square of what no quote closes.
 */
class StringScan {
  readonly #text: string;
  #isClosed = true;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The place after the quote that closes the string which another quote opens. Undefined when none does, and then no string
   * after it is closed either: every later quote is escaped.
   */
  findEnd(quote: number): number | undefined {
    for (let at = quote + 1; this.#isClosed && at < this.#text.length; at++) {
      if (this.#text[at] === '\\') at++;
      else if (this.#text[at] === '"') return at + 1;
    }
    this.#isClosed = false;
    return undefined;
  }
}

/** Where the brackets that open at `start` are all closed; their kinds may differ, as in JSON that is broken. */
function findEnd(text: string, start: number, strings: StringScan): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = (strings.findEnd(at) ?? at + 1) - 1;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return undefined;
}

/** The text with nothing in its strings. */
function emptyStrings(text: string): string {
  const strings = new StringScan(text);
  let emptied = '';
  let after = 0;
  for (let quote = text.indexOf('"'); quote !== -1; quote = text.indexOf('"', after)) {
    const end = strings.findEnd(quote);
    if (end === undefined) break;
    emptied += `${text.slice(after, quote)}""`;
    after = end;
  }
  return emptied + text.slice(after);
}

function dropFence(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.endsWith(fence) ? trimmed.slice(0, -fence.length).trimEnd() : trimmed;
}
