const opening = '<think>';
const closing = '</think>';

/**
 * Parts what a model thought from what it answered, for servers that leave both in the text. Some chat templates write the
 * opening tag themselves, so that an answer may begin in the middle of the thought; one that ends there never came to answer.
 */
export function splitThinking(text: string): { text: string; reasoning?: string } {
  const start = text.trimStart();
  const isOpen = start.startsWith(opening);
  const end = text.indexOf(closing);
  if (!isOpen && (end < 0 || text.slice(0, end).includes(opening))) return { text };
  const thought = isOpen ? start.slice(opening.length) : text;
  const length = thought.indexOf(closing);
  if (length < 0) return { text: '', reasoning: thought.trim() };
  return { text: thought.slice(length + closing.length).trimStart(), reasoning: thought.slice(0, length).trim() };
}
