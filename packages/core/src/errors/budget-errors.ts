import type { ErrorEntry } from './error-table.js';

/** The errors of budgets and prices. */
export const budgetErrors = {
  DGT_PRICE_UNKNOWN: {
    kind: 'config',
    message: 'block "{block}": max_cost is set, and it is not known what {model} of {provider} costs',
    cause: 'The model is not in the price list of dgt, or it is not its vendor that serves it here.',
    remedy:
      'Say what a million tokens cost, in the entry of the block: `price: { input: 0.15, output: 0.6 }`; or limit the tokens, with max_tokens.',
  },
  DGT_BUDGET_UNBOUNDED: {
    kind: 'config',
    message: 'block "{block}": budget: strict is set, and nothing bounds what a call takes: {reason}',
    cause: 'A strict budget makes a call only when the most that it can take is left.',
    remedy: 'Set max_tokens in the entry of the block, and give images as data, or leave `budget: strict` out.',
  },
} as const satisfies Record<string, ErrorEntry>;
