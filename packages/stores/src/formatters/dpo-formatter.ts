import { isDeepStrictEqual } from 'node:util';
import { Formatter, missing, parsePath, registerFormatter, Type, type Json, type Row } from '@dgt/core';
import { dataError } from '../files/data-error.js';
import { readField } from '../read-field.js';

const config = {
  /** The field of the question. */
  prompt: Type.Optional(Type.String({ minLength: 1, default: 'prompt' })),
  /** The field of the better answer. */
  chosen: Type.Optional(Type.String({ minLength: 1, default: 'chosen' })),
  /** The field of the worse answer. */
  rejected: Type.Optional(Type.String({ minLength: 1, default: 'rejected' })),
  /** Whether texts are wrapped into messages. */
  conversational: Type.Optional(Type.Boolean({ default: false })),
};

/** `{ prompt, chosen, rejected }`: pairs of preference, as libraries for DPO read them. Lists of messages stay what they are. */
@registerFormatter('dpo')
export class DpoFormatter extends Formatter.of({ config }) {
  override format(row: Row, index: number): Json {
    const { prompt = 'prompt', chosen = 'chosen', rejected = 'rejected' } = this.config;
    const pair = {
      prompt: this.#read(row, index, { field: prompt, role: 'user' }),
      chosen: this.#read(row, index, { field: chosen, role: 'assistant' }),
      rejected: this.#read(row, index, { field: rejected, role: 'assistant' }),
    };
    if (isDeepStrictEqual(pair.chosen, pair.rejected)) {
      throw dataError(
        `formatter "${this.config.type ?? 'dpo'}": row ${index + 1}`,
        `"${chosen}" and "${rejected}" are the same, which is no preference`,
      );
    }
    return pair;
  }

  #read(row: Row, index: number, { field, role }: { field: string; role: 'user' | 'assistant' }): Json {
    const value = readField(row, parsePath(field));
    if (value === missing) throw this.missingField(row, index, field);
    return this.config.conversational === true && typeof value === 'string'
      ? [{ role, content: value }]
      : (value as Json);
  }
}
