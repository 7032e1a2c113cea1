import { Formatter, missing, parsePath, registerFormatter, Type, type Json, type Row } from '@dgt/core';
import { readField } from '../read-field.js';

const config = {
  /** The field of the instruction. */
  instruction: Type.Optional(Type.String({ minLength: 1, default: 'instruction' })),
  /** The field of what the instruction is applied to; `input` where a row has it, when left out. */
  input: Type.Optional(Type.String({ minLength: 1 })),
  /** The field of the answer. */
  output: Type.Optional(Type.String({ minLength: 1, default: 'output' })),
};

/** `{ instruction, input, output }` of Alpaca. */
@registerFormatter('alpaca')
export class AlpacaFormatter extends Formatter.of({ config }) {
  override format(row: Row, index: number): Json {
    const { instruction = 'instruction', input, output = 'output' } = this.config;
    return {
      instruction: this.#read(row, index, instruction),
      input: input === undefined && !Object.hasOwn(row, 'input') ? '' : this.#read(row, index, input ?? 'input'),
      output: this.#read(row, index, output),
    };
  }

  #read(row: Row, index: number, field: string): string {
    const value = readField(row, parsePath(field));
    if (value === missing) throw this.missingField(row, index, field);
    return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
  }
}
