import { describe, expectTypeOf, it } from 'vitest';
import type { AssistantMessage, LMProvider } from './lm-provider.js';
import type { Message } from './message.js';

// Checked by the compiler: `npm run check`.
describe('the result of a model', () => {
  const model = {} as LMProvider;
  type RowOf<S> = S extends AsyncIterable<infer R> ? R : never;

  it('is text for a prompt, a message for messages, and either where that is not known', () => {
    const texts = () => model.run([{ input: 'hi', id: 1 }]);
    const messages = () => model.run([{ input: [{ role: 'user' as const, content: 'hi' }] }]);
    const either = () => model.run([{ input: '' as string | readonly Message[] }]);
    expectTypeOf<RowOf<ReturnType<typeof texts>>['result']>().toEqualTypeOf<string>();
    expectTypeOf<RowOf<ReturnType<typeof texts>>['id']>().toEqualTypeOf<number>();
    expectTypeOf<RowOf<ReturnType<typeof messages>>['result']>().toEqualTypeOf<AssistantMessage>();
    expectTypeOf<RowOf<ReturnType<typeof either>>['result']>().toEqualTypeOf<string | AssistantMessage>();
  });

  it('is a list when the row gives n', () => {
    const several = () => model.run([{ input: 'hi', gen_kwargs: { n: 3, temperature: 1 } }]);
    const one = () => model.run([{ input: 'hi', gen_kwargs: { temperature: 1 } }]);
    expectTypeOf<RowOf<ReturnType<typeof several>>['result']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<RowOf<ReturnType<typeof one>>['result']>().toEqualTypeOf<string>();
  });
});
