import { ProviderError, type LMRequest } from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortenPrompt } from './truncate.js';

const context = Array.from({ length: 200 }, (_, index) => `word${index}`).join(' ');
const request = (input: LMRequest['input'], max_tokens = 100): LMRequest => ({
  version: 2,
  provider: 'p',
  model: 'm',
  method: typeof input === 'string' ? 'completion' : 'chat_completion',
  input,
  parameters: { max_tokens },
});
const tooLong = (details: Record<string, unknown> = {}) =>
  new ProviderError('DGT_PROMPT_TOO_LONG', 'permanent', { tokens: 'too many', limit: 'fewer', model: 'm', ...details });

describe('shortenPrompt', () => {
  it('shortens the text alone, in its place, between two words', () => {
    const shortened = shortenPrompt(request(`Read: ${context}\nNow ask.`), context, tooLong());
    expect(shortened?.text.length).toBeLessThanOrEqual(context.length / 2);
    expect(shortened?.text.length).toBeGreaterThan(context.length / 2 - 10);
    expect(`${context} `.startsWith(`${shortened?.text} `)).toBe(true);
    expect(shortened?.request.input).toBe(`Read: ${shortened?.text}\nNow ask.`);
  });

  it('cuts as much as the numbers of the server ask for, with room for the answer', () => {
    const prompt = `Read: ${context}`;
    const shortened = shortenPrompt(request(prompt), context, tooLong({ tokens: 1000, limit: 600 }));
    const left = String(shortened?.request.input).length / prompt.length;
    expect(left).toBeLessThanOrEqual(0.475);
    expect(left).toBeGreaterThan(0.46);
  });

  it('finds the text in messages, and leaves images as they are', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } } as const;
    const input = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: `Read: ${context}` }, image] },
      { role: 'assistant', content: null },
    ] as const;
    const shortened = shortenPrompt(request(input), context, tooLong());
    expect(shortened?.request.input).toEqual([
      input[0],
      { role: 'user', content: [{ type: 'text', text: `Read: ${shortened?.text}` }, image] },
      input[2],
    ]);
  });

  it('gives up when there is nothing to cut, or nothing that would help', () => {
    expect(shortenPrompt(request('Read: short'), 'short', tooLong())).toBeUndefined();
    expect(shortenPrompt(request('Something else'), context, tooLong())).toBeUndefined();
    const other = new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', {});
    expect(shortenPrompt(request(context), context, other)).toBeUndefined();
  });

  it('ends, whatever the server says', () => {
    const numbers = fc.record({ tokens: fc.integer({ min: 1, max: 5000 }), limit: fc.integer({ min: 1, max: 5000 }) });
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 5 }), (said) => {
        let asked = request(`Read: ${context}`);
        let text = context;
        for (let round = 0; ; round++) {
          expect(round).toBeLessThan(200);
          const shortened = shortenPrompt(asked, text, tooLong(said[round % said.length]));
          if (shortened === undefined) return;
          expect(shortened.text.length).toBeLessThan(text.length);
          ({ request: asked, text } = shortened);
        }
      }),
    );
  });
});
