import type { Bill, BillLine } from '@dgt/runner';
import { toOneLine } from './plain-text.js';
import { formatCost, formatCount } from './quantities.js';

/** What a dataset cost, as parts of a sentence; nothing for one that took only the user's own machines. */
export function describeCost({ lines, cost, known_cost: known }: Bill): string[] {
  const unknown = lines.filter((line) => line.cost === undefined).map(describeUnknown);
  if (unknown.length > 0) return [`cost at least ${formatCost(known)}`, ...unknown];
  return cost === undefined || cost === 0 ? [] : [formatCost(cost)];
}

/** Why the cost of a line is not known. */
export function describeUnknown(line: BillLine): string {
  const { price, model, prompt_tokens: prompt, completion_tokens: completion, uncounted_tries: uncounted } = line;
  const name = toOneLine(model === '' ? line.block : model, 60);
  if (price === undefined) return `unknown price for model ${name} (${formatCount(prompt + completion)} tokens)`;
  return `unknown cost of ${formatCount(uncounted)} answers of ${name}, whose tokens its server did not count`;
}
