import { describe, expect, it } from 'vitest';
import { createGates, type Gates } from '../__fixtures__/gates.js';
import { createRecordingLane } from '../__fixtures__/recording-lane.js';
import { ConfigError, ProviderError } from '../errors/dgt-error.js';
import { Type } from '../schema.js';
import type { BlockContext } from './any-block.js';
import { SequenceValidator, type Gate } from './sequence-validator.js';
import { ValidatorBlock } from './validator-block.js';

class NotEmpty extends ValidatorBlock.of({ input: { text: Type.String() } }) {
  validate({ text }: { text: string }) {
    if (text !== '') return true;
    return { valid: false, reason: 'empty', score: 0, metadata: { length: 0 } };
  }
}

class Distinct extends SequenceValidator.of({ input: { text: Type.String() } }) {
  openGate(): Gate<{ text: string }> {
    const labels = new Map<string, unknown>();
    const remember = ({ text }: { text: string }, label: unknown) => void labels.set(text, label);
    return {
      remember,
      judge(input, label) {
        if (labels.has(input.text)) return { valid: false, reason: 'repeated', against: labels.get(input.text) };
        remember(input, label);
        return { valid: true };
      },
    };
  }
}

/** Tells texts of equal length apart, by a call that takes until its gate opens; an empty text cannot be measured. */
class Measured extends SequenceValidator.of({ input: { text: Type.String() } }) {
  readonly #gates: Gates;
  #rows = 0;

  constructor(gates: Gates) {
    super({ filter: true });
    this.#gates = gates;
  }

  override async prepareInput({ text }: { text: string }, { lane }: BlockContext) {
    const row = this.#rows++;
    const execute = async () => {
      await this.#gates.wait(row);
      if (text === '') throw new ProviderError('DGT_PROVIDER_REQUEST', 'permanent');
      return String(text.length);
    };
    return { text: await lane.call({ label: 'measure', request: text, execute }) };
  }

  openGate() {
    return new Distinct().openGate();
  }
}

describe('a validator', () => {
  const rows = [{ text: 'hello' }, { text: '' }];

  it('with filter on keeps the good rows and records why it dropped the others', async () => {
    const { lane, rejections } = createRecordingLane();
    const kept = await new NotEmpty({ name: 'checker', filter: true }).run(rows, { lane }).toArray();
    expect(kept).toEqual([{ text: 'hello', is_valid: true, metadata: {} }]);
    expect(rejections).toEqual([
      { lane: 'r.1', block: 'checker', reason: 'empty', score: 0, against: undefined, sample: { text: '' } },
    ]);
  });

  it('with filter off, the default, keeps every row and marks it', async () => {
    const { lane, rejections } = createRecordingLane();
    expect(await new NotEmpty().run(rows, { lane }).toArray()).toEqual([
      { text: 'hello', is_valid: true, metadata: {} },
      { text: '', is_valid: false, metadata: { length: 0, score: 0, reason: 'empty' } },
    ]);
    expect(rejections).toEqual([]);
  });

  it('may say no more than true or false, and may take its time', async () => {
    class Even extends ValidatorBlock.of({ input: { n: Type.Integer() } }) {
      async validate({ n }: { n: number }) {
        return n % 2 === 0;
      }
    }
    const { lane, rejections } = createRecordingLane();
    const kept = await new Even({ filter: true }).run([{ n: 1 }, { n: 2 }], { lane }).toArray();
    expect(kept.map(({ n }) => n)).toEqual([2]);
    expect(rejections).toMatchObject([{ reason: 'invalid', sample: { n: 1 } }]);
  });

  it("leaves the user's own metadata alone", async () => {
    const row = { text: '', metadata: { source: 'book' } };
    expect(await new NotEmpty().run([row]).toArray()).toEqual([
      { text: '', metadata: { source: 'book' }, is_valid: false },
    ]);
  });

  it('writes its marks where an output map says so', async () => {
    const row = { text: '', metadata: { source: 'book' } };
    const marked = new NotEmpty({ output_map: { metadata: 'metadata', is_valid: 'checks.not_empty' } });
    expect(await marked.run([row]).toArray()).toEqual([
      {
        text: '',
        metadata: { length: 0, score: 0, reason: 'empty' },
        checks: { not_empty: false },
      },
    ]);
    expect(row).toEqual({ text: '', metadata: { source: 'book' } });
  });

  it('refuses a filter that is no boolean', () => {
    expect(() => new NotEmpty({ filter: 'yes' } as never)).toThrow('filter: expected a boolean, got "yes"');
  });
});

describe('a sequence validator', () => {
  const rows = [
    { id: 1, text: 'a' },
    { id: 2, text: 'b' },
    { id: 3, text: 'a' },
  ];

  it('judges each row by those before it, in order', async () => {
    const { lane, rejections } = createRecordingLane();
    const kept = await new Distinct({ name: 'dedup', filter: true }).run(rows, { lane }).toArray();
    expect(kept.map(({ id }) => id)).toEqual([1, 2]);
    expect(rejections).toEqual([
      { lane: 'r.2', block: 'dedup', reason: 'repeated', score: undefined, against: rows[0], sample: rows[2] },
    ]);
  });

  it('with filter off marks repeated rows and keeps them', async () => {
    const marked = await new Distinct().run(rows).toArray();
    expect(marked.map((row) => row.is_valid)).toEqual([true, true, false]);
  });

  it('starts each run with an empty memory', async () => {
    const dedup = new Distinct({ filter: true });
    expect(await dedup.run(rows).toArray()).toHaveLength(2);
    expect(await dedup.run(rows).toArray()).toHaveLength(2);
  });

  it('judges rows in their order, in whatever order they are prepared', async () => {
    const gates = createGates();
    const { lane, calls } = createRecordingLane();
    const kept = new Measured(gates).run([{ text: 'aa' }, { text: 'bb' }, { text: 'c' }, { text: 'd' }], { lane });
    const all = kept.toArray();
    await gates.open([3, 2, 1, 0]);
    expect((await all).map(({ text }) => text)).toEqual(['aa', 'c']);
    expect(calls.map(({ lane: id }) => id)).toEqual(['r.0', 'r.1', 'r.2', 'r.3']);
  });

  it('leaves out a row that cannot be prepared, and judges the others', async () => {
    const gates = createGates();
    const { lane, failures } = createRecordingLane();
    const kept = new Measured(gates).run([{ text: 'aa' }, { text: '' }, { text: 'bb' }, { text: 'c' }], { lane });
    const all = kept.toArray();
    await gates.open([0, 1, 2, 3]);
    expect((await all).map(({ text }) => text)).toEqual(['aa', 'c']);
    expect(failures).toMatchObject([{ lane: 'r.1', row: { text: '' } }]);
  });

  it('has the scope and the configuration of a sequence', () => {
    expect(Distinct.scope).toBe('sequence');
    expect(NotEmpty.scope).toBe('row');
    expect(new Distinct().config).toEqual({ filter: false, against: 'seeds' });
    expect(() => new Distinct({ against: 'everything' } as never)).toThrow(ConfigError);
    expect(() => new Distinct({ against: 'everything' } as never)).toThrow(
      'against: expected "seeds" or "none", got "everything"',
    );
  });
});
