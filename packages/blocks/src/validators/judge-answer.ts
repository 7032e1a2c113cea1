/**
 * Reads a yes or a no from what a judge said: from the last line when it says nothing else, from a labelled verdict
 * (`Verdict: no`, `<score>yes</score>`), or from the first word. Undefined when there is none: a "no" somewhere in a
 * sentence may mean anything.
 */
export function readYesNo(answer: string): boolean | undefined {
  const lines = answer.split('\n').map(stripMarkup).filter(Boolean);
  const last = /^(?:\w+ )?(?:answer|verdict|judge?ment|conclusion)?\W*(yes|no)\W*$/i.exec(lines.at(-1) ?? '')?.[1];
  const labelled = [...answer.matchAll(/\b(?:score|answer|verdict|judge?ment)\W{1,6}(yes|no)\b/gi)].at(-1)?.[1];
  const first = /^(yes|no)\b/i.exec(lines[0] ?? '')?.[1];
  const word = last ?? labelled ?? first;
  return word === undefined ? undefined : word.toLowerCase() === 'yes';
}

/**
 * Reads a score from what a judge said: the last number that follows the word score, rating or grade, or that stands alone on
 * a line (`4`, `4/5`, `4 out of 5`). Undefined when there is none: a number within a sentence may be any.
 *
 * @param pattern instead, the first group of the last match.
 */
export function readScore(answer: string, pattern?: RegExp): number | undefined {
  if (pattern !== undefined) return toNumber([...answer.matchAll(pattern)].at(-1)?.[1]);
  const labelled = findLabelled(answer, 'score|rating|grade');
  if (labelled !== undefined) return labelled;
  const alone = answer.split('\n').map((line) => aloneOnLine.exec(stripMarkup(line))?.[1]);
  return toNumber(alone.findLast((number) => number !== undefined));
}

/**
 * Reads a score for each name, from a JSON object (`{"clarity": 4}`, also `{"clarity": {"score": 4}}`) or from labelled
 * lines (`Clarity: 4`). A name without a score is left out.
 */
export function readScores(answer: string, names: readonly string[]): ReadonlyMap<string, number> {
  const objects = listJsonObjects(answer).map((object) => readMembers(object, names));
  const fullest = objects.reduce(
    (best, scores) => (scores.size >= best.size ? scores : best),
    new Map<string, number>(),
  );
  if (fullest.size === names.length) return fullest;
  const labelled = names.map((name) => [name, findLabelled(answer, escapePattern(name))] as const);
  const lines = new Map(labelled.filter((entry): entry is [string, number] => entry[1] !== undefined));
  return lines.size > fullest.size ? lines : fullest;
}

const number = String.raw`(-?\d+(?:\.\d+)?)(?![\d.]*\d)`;
const aloneOnLine = new RegExp(String.raw`^${number}(?:\s*(?:/|out of|of)\s*\d+)?\W*$`, 'i');

function findLabelled(answer: string, label: string): number | undefined {
  // "Score (1-5): 4" names the scale first.
  const text = answer.replaceAll(/[([]\s*\d+\s*(?:-|–|to)\s*\d+\s*[)\]]/g, '');
  const pattern = new RegExp(
    String.raw`(?<![\p{L}\p{N}])(?:${label})[^\p{L}\p{N}\n-]{1,8}(?:(?:is|of)\W{1,4})?${number}`,
    'giu',
  );
  return toNumber([...text.matchAll(pattern)].at(-1)?.[1]);
}

function readMembers(object: object, names: readonly string[]): Map<string, number> {
  const members = new Map(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value as unknown]));
  const scores = new Map<string, number>();
  for (const name of names) {
    const member = members.get(name.toLowerCase());
    const value = typeof member === 'object' && member !== null ? (member as { score?: unknown }).score : member;
    const score = typeof value === 'number' ? value : toNumber(typeof value === 'string' ? value : undefined);
    if (score !== undefined) scores.set(name, score);
  }
  return scores;
}

/** Every JSON object that is not within another. */
function listJsonObjects(text: string): object[] {
  const objects: object[] = [];
  for (let start = text.indexOf('{'); start !== -1;) {
    const end = findClosingBrace(text, start);
    const object = end === undefined ? undefined : tryParse(text.slice(start, end));
    if (object !== undefined) objects.push(object);
    start = text.indexOf('{', object === undefined ? start + 1 : end);
  }
  return objects;
}

function findClosingBrace(text: string, start: number): number | undefined {
  let depth = 0;
  const token = /"(?:[^"\\]|\\.)*"|[{}]/gs;
  token.lastIndex = start;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '{') depth++;
    else if (match[0] === '}' && --depth === 0) return token.lastIndex;
  }
  return undefined;
}

function tryParse(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** Without what Markdown puts around a line. */
function stripMarkup(line: string): string {
  return line.replace(/^[\s*_`"'#>([]*(?:-\s)?[\s*_`"'([]*/, '').replace(/[\s*_`"')\]]+$/, '');
}

function toNumber(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('_', String.raw`[_\s]`);
}
