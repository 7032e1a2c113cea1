import { ConfigError, type Row } from '@dgt/core';
import type { Turn } from '../convert/outcome.js';

/** A request of a batch, as far as its answer is told by it. */
export interface BatchRequest {
  readonly id: string;
  /** What the model was shown, as messages. */
  readonly prompt: readonly Turn[];
}

/**
 * Reads a line of the file that a batch was made of: messages, the prompt of a completion, or the input of a response.
 *
 * @throws {@link ConfigError} DGT_DATA_INVALID
 */
export function readBatchRequest(row: Row, place: string): BatchRequest {
  const { custom_id: id, body = {} } = row as { custom_id?: unknown; body?: Readonly<Record<string, unknown>> };
  if (typeof id !== 'string') throw invalid(place, 'expected a request with a custom_id, got none');
  const { messages, prompt, input, instructions } = body;
  const asked = messages ?? prompt ?? input;
  const before: Turn[] = typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : [];
  if (typeof asked === 'string') return { id, prompt: [...before, { role: 'user', content: asked }] };
  if (Array.isArray(asked)) return { id, prompt: [...before, ...(asked as Turn[])] };
  throw invalid(place, 'expected a body with messages, prompt or input');
}

function invalid(place: string, problem: string): ConfigError {
  return new ConfigError('DGT_DATA_INVALID', { place, problem });
}
