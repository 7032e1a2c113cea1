import { ConfigError, type Row } from '@dgt/core';
import { readText, type Outcome } from './outcome.js';

/**
 * Reads a record of `generate_data_finetuned.py`: `{ custom_id, model_output_0, ..., selector_choice, final_model_output }`, or
 * `{ id, generated_text }`. The chosen answer is preferred to each other candidate.
 *
 * @throws {@link ConfigError} DGT_DATA_INVALID, for a record that is neither.
 */
export function readFinetuned(row: Row, place: string): Outcome {
  const found = row['custom_id'] ?? row['id'];
  if (typeof found !== 'string' && typeof found !== 'number')
    throw new ConfigError('DGT_DATA_INVALID', { place, problem: 'expected a custom_id or an id, got none' });
  const id = String(found);
  const candidates = listCandidates(row);
  const known = ['final_model_output', 'generated_text'].some((name) => Object.hasOwn(row, name));
  if (!known && candidates.length === 0) {
    const problem = `expected final_model_output, model_output_0 or generated_text; it has: ${Object.keys(row).join(', ')}`;
    throw new ConfigError('DGT_DATA_INVALID', { place, problem });
  }
  const choice = row['selector_choice'];
  const picked = choice === null || choice === undefined ? undefined : candidates[Number(choice)];
  const text = readText(row['final_model_output'] ?? row['generated_text'] ?? picked);
  if (text === undefined)
    return { id, failure: `has no output${choice === undefined ? '' : ` (selector_choice ${String(choice)})`}` };
  const others = new Set(candidates.filter((candidate) => candidate !== undefined && candidate !== text));
  const preferences = [...others].map((rejected) => ({ chosen: text, rejected: rejected as string }));
  const answer = { role: 'assistant', content: text };
  return { id, sample: { id, answer, ...(candidates.length > 0 && { preferences }) } };
}

/** In the order of their numbers, which `selector_choice` counts by. */
function listCandidates(row: Row): (string | undefined)[] {
  const candidates: (string | undefined)[] = [];
  for (const [name, value] of Object.entries(row)) {
    const number = /^model_output_(\d{1,3})$/.exec(name)?.[1];
    if (number !== undefined) candidates[Number(number)] = readText(value);
  }
  return candidates;
}
