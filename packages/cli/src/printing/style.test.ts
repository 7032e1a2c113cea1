import { describe, expect, it } from 'vitest';
import { createStyle } from './style.js';

const stream = (isTTY?: boolean) => ({ write: () => true, ...(isTTY !== undefined && { isTTY }) });

describe('colour', () => {
  it('is for terminals', () => {
    expect(createStyle(stream(true), {})('good', 'done')).toBe('\u001b[32mdone\u001b[39m');
    expect(createStyle(stream(false), {})('good', 'done')).toBe('done');
    expect(createStyle(stream(), {})('good', 'done')).toBe('done');
  });

  it('is left out where the user or the terminal does not want it', () => {
    expect(createStyle(stream(true), { NO_COLOR: '1' })('bad', 'x')).toBe('x');
    expect(createStyle(stream(true), { TERM: 'dumb' })('bad', 'x')).toBe('x');
    expect(createStyle(stream(true), { NO_COLOR: '' })('bad', 'x')).not.toBe('x');
  });
});
