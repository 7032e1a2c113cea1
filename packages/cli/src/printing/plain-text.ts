// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;
const spaces = /[\s\u0085]+/g;

/**
 * Text from elsewhere (a model's answer, a server's reason) as it can be shown: escape sequences in it would move the cursor
 * or change the terminal. Line breaks and tabs stay.
 */
export function toPlainText(text: string): string {
  return text.replace(controls, (character) => (character === '\t' ? character : '\ufffd'));
}

/** The same on one line, cut to a length. */
export function toOneLine(text: string, longest: number): string {
  const line = toPlainText(text.replace(spaces, ' ')).trim();
  const characters = Array.from(line.slice(0, 2 * longest + 2));
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : line;
}
