import { describe, expect, it } from 'vitest';
import { Type } from '../schema.js';
import { Dataloader } from './dataloader.js';
import { Datastore } from './datastore.js';
import { Formatter } from './formatter.js';

const config = { threshold: Type.Optional(Type.Number({ default: 0.5 })) };

class Store extends Datastore.of({ config }) {}
class Loader extends Dataloader.of({ config }) {
  load() {
    return (async function* () {})();
  }
}
class Shout extends Formatter.of({ config }) {
  format(row: Record<string, unknown>, index: number) {
    if (row['text'] === undefined) throw this.missingField(row, index, 'text');
    return String(row['text']).toUpperCase();
  }
}

describe('a datastore, dataloader or formatter', () => {
  it.each([
    ['datastore', Store],
    ['dataloader', Loader],
    ['formatter', Shout],
  ])('checks its configuration (%s), fills in defaults and suggests what a mistyped key meant', (kind, plugIn) => {
    expect(new plugIn().config).toEqual({ threshold: 0.5 });
    const given = { type: 'mine', threshold: 1 };
    expect(new plugIn(given).config).toEqual(given);
    expect(() => new plugIn({ type: 'mine', treshold: 1 } as object)).toThrow(
      `${kind} "mine": unknown key "treshold" (did you mean "threshold"?)`,
    );
  });

  it('leaves the configuration that it was given as it is', () => {
    const given = Object.freeze({});
    expect(new Store(given).config).not.toBe(given);
    expect(given).toEqual({});
  });

  it('names the row and what it has when a field is missing', () => {
    const format = new Shout({ type: 'shout' });
    expect(format.format({ text: 'a' }, 0)).toBe('A');
    expect(() => format.format({ txt: 'a', id: 1 }, 6)).toThrow(
      'formatter "shout": row 7 has no "text" (did you mean "txt"?); it has: txt, id',
    );
  });
});
