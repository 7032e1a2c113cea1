/** How many tokens a text has here: its words. Cheap, and easy to foresee in a test. */
export function countTokens(text: string): number {
  let count = 0;
  let inWord = false;
  for (let index = 0; index < text.length; index++) {
    const isWord = !isSpace(text.charCodeAt(index));
    if (isWord && !inWord) count++;
    inWord = isWord;
  }
  return count;
}

/** The tokens of a text, each with the space before it, the last also with the space after it: joined they are the text. */
export function splitTokens(text: string): string[] {
  const tokens: string[] = [];
  let start = 0;
  let hasWord = false;
  for (let index = 0; index < text.length; index++) {
    const isWord = !isSpace(text.charCodeAt(index));
    if (!isWord && hasWord) {
      tokens.push(text.slice(start, index));
      start = index;
    }
    hasWord = isWord;
  }
  if (start < text.length) {
    const rest = text.slice(start);
    if (hasWord || tokens.length === 0) tokens.push(rest);
    else tokens.push(`${tokens.pop() ?? ''}${rest}`);
  }
  return tokens;
}

/** The first so many tokens of a text. */
export function cutAfterTokens(text: string, count: number): string {
  return splitTokens(text).slice(0, count).join('');
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 160;
}
