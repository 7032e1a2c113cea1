import levenshtein from 'fast-levenshtein';

/** The known name closest to a mistyped one, or undefined when none is close enough to be meant. */
export function findNearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 2.5)) + 1;
  for (const candidate of known) {
    const distance = levenshtein.get(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `" (did you mean \"x\"?)"`, or nothing when no known name is near. */
export function suggestNearest(name: string, known: Iterable<string>): string {
  const nearest = findNearest(name, known);
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}
