/**
 * Ends a text before the first of the stop strings. Servers do this too, but not all, and some leave the stop string in
 * the answer.
 */
export function cutAtStop(text: string, stop: readonly string[] = []): { text: string; stopped: boolean } {
  const places = stop.map((word) => text.indexOf(word)).filter((place) => place >= 0);
  if (places.length === 0) return { text, stopped: false };
  return { text: text.slice(0, Math.min(...places)), stopped: true };
}
