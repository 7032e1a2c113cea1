/**
 * A regular expression for what a person writes who mistypes a key: one letter more, less, changed or swapped. JSON Schema
 * cannot say "unknown": a task class may declare keys of its own.
 *
 * @param known keys that are right, however near they are.
 */
export function nearPattern(key: string, known: readonly string[]): string {
  const variants: string[] = [];
  for (let place = 0; place <= key.length; place++) {
    const [before, after] = [escape(key.slice(0, place)), key.slice(place)];
    variants.push(`${before}.${escape(after)}`);
    if (after === '') continue;
    variants.push(`${before}.?${escape(after.slice(1))}`);
    if (after.length > 1) variants.push(before + escape(`${after[1]}${after[0]}${after.slice(2)}`));
  }
  return `^(?!(?:${known.map(escape).join('|')})$)(?:${[...new Set(variants)].join('|')})$`;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
