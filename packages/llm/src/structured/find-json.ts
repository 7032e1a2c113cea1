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
  // Other brackets of a sentence, such as {this} or [that], begin nothing.
  const beginning = /\{\s*(?:["'“}]|[\w$]+\s*:)|\[\s*(?:["'“{[\]\d-]|true|false|null)/gi;
  for (let match = beginning.exec(text); match !== null; match = beginning.exec(text)) {
    const end = findEnd(text, match.index);
    if (end === undefined) return [...parts, { text: dropFence(text.slice(match.index)), open: true }];
    parts.push({ text: text.slice(match.index, end), open: false });
    beginning.lastIndex = end;
  }
  return parts;
}

/** The text within, when a Markdown fence is around all of it. */
export function unwrapFence(text: string): string | undefined {
  return /^```[\w+-]*\s([\s\S]*?)\s*```$/.exec(text)?.[1];
}

/**
 * Whether broken JSON says less than its writer meant: it ends in the middle of a string or where something has to follow,
 * has an ellipsis for what was too long, or a key without a value. To mend it would pass off a part for the whole.
 */
export function isPartial(text: string): boolean {
  if (/[,:{[]$/.test(text)) return true;
  const structure = text.replaceAll(stringPattern, '""');
  if (/[,[{]\s*(?:\.\.\.|…)\s*[,\]}]|:\s*[,\]}]/.test(structure)) return true;
  return !/[}\]]$/.test(text) && structure.replaceAll('""', '').includes('"');
}

const stringPattern = /"(?:[^"\\]|\\.)*"/gs;

/** Where the brackets that open at `start` are all closed; their kinds may differ, as in JSON that is broken. */
function findEnd(text: string, start: number): number | undefined {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/gs;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found === '{' || found === '[') depth++;
    else if ((found === '}' || found === ']') && --depth === 0) return token.lastIndex;
  }
  return undefined;
}

function dropFence(text: string): string {
  return text.replace(/\s*```\s*$/, '').trimEnd();
}
