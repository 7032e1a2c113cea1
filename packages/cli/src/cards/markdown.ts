/** Text within a sentence or a cell of a table: one line, in which nothing is Markdown or HTML, nor becomes a link. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*[\]|#~]|(?<!\w)_|_(?!\w)|^[-+>=]|(?<=^\d+)[.)]/g, '\\$&')
    .replace(/&|[<@]|:(?=\/\/)|(?<=\bwww)\./gi, (found) => `&#${found.charCodeAt(0)};`);
}

/** Text of several paragraphs, each as {@link plain}. */
export function paragraphs(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => (paragraph.trim() === '' ? [] : [plain(paragraph)]));
}

/** A name as code; it may stand in a cell of a table. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().replaceAll('|', '\\|');
  const fence = '`'.repeat(longestRun(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return line === '' ? '' : `${fence}${space}${line}${space}${fence}`;
}

/** A block of code that nothing inside of it ends. */
export function block(language: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

/**
 * A table of cells that are Markdown already.
 *
 * @param head names of the columns; those that end in `:` are set to the right.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const names = head.map((name) => name.replace(/:$/, ''));
  const rule = head.map((name) => (name.endsWith(':') ? '---:' : '---'));
  return [names, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What is there, folded away under a line of text. */
export function folded(summary: string, content: string): string {
  const line = summary.replace(/\s+/g, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<details>\n<summary>${line}</summary>\n\n${content}\n\n</details>`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
