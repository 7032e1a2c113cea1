/** Where a text may be cut, the best first. */
const boundaries = ['\n\n', '\n', '. ', '。', ' '];

/**
 * Cuts a text into pieces of at most `size` characters that together are the text: between paragraphs where it can, or else
 * lines, sentences, words. A piece is never shorter than half of what it may be for the sake of a better place.
 */
export function splitText(text: string, size: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > size) {
    const end = findEnd(rest, size);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return rest === '' && pieces.length > 0 ? pieces : [...pieces, rest];
}

function findEnd(text: string, size: number): number {
  for (const boundary of boundaries) {
    const found = text.lastIndexOf(boundary, size - boundary.length);
    if (found >= 0 && found + boundary.length > size / 2) return found + boundary.length;
  }
  // Not between the two halves of one character.
  const before = text.charCodeAt(size - 1);
  return size > 1 && before >= 0xd800 && before <= 0xdbff ? size - 1 : size;
}
