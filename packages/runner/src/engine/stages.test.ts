import {
  Block,
  Lane,
  ProviderError,
  SequenceValidator,
  Type,
  ValidatorBlock,
  type AnyBlock,
  type BlockContext,
  type Gate,
  type LaneScope,
  type Recorder,
  type Row,
} from '@dgt/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome, StoredOutcome } from '../ledger/outcome.js';
import { describeDrop, describePassage } from './candidate.js';
import { Stages, labelRow, labelSeed, readLabel } from './stages.js';

const textField = { text: Type.String() };

/** Drops what it has seen before, whatever the case of its letters when told so. */
class Dedup extends SequenceValidator.of({ config: { fold: Type.Boolean({ default: false }) }, input: textField }) {
  openGate(): Gate<{ text: string }> {
    const seen = new Map<string, unknown>();
    const keyOf = ({ text }: { text: string }) => (this.config.fold ? text.toLowerCase() : text);
    return {
      judge(input, label) {
        const key = keyOf(input);
        if (seen.has(key)) return { valid: false, reason: 'repeats', score: 1, against: seen.get(key) };
        seen.set(key, label);
        return { valid: true };
      },
      remember: (input, label) => void seen.set(keyOf(input), label),
    };
  }
}

class Short extends ValidatorBlock.of({ input: textField }) {
  validate({ text }: { text: string }) {
    return text.length < 9 ? true : { valid: false, reason: 'too long', score: text.length };
  }
}

class Shout extends Block.of({ input: textField, output: textField }) {
  process({ text }: { text: string }) {
    return { text: text.toUpperCase() };
  }
}

class Split extends Block.of({ input: textField, output: textField }) {
  process({ text }: { text: string }) {
    return text.split('+').map((part) => ({ text: part }));
  }
}

class Nothing extends Block.of({ input: textField, output: textField }) {
  process() {
    return [];
  }
}

class Failing extends Block.of({ input: textField, output: textField }) {
  process({ text }: { text: string }) {
    if (text !== 'bad') return { text };
    throw new ProviderError('DGT_PROVIDER_REQUEST', 'permanent', {
      provider: 'p',
      endpoint: 'e',
      status: 400,
      reason: 'r',
    });
  }
}

/** Ends its rows in the reverse order of their coming. */
class Reversing extends Block.of({ input: textField, output: textField }) {
  readonly waiting: (() => void)[] = [];

  async process({ text }: { text: string }, _context: BlockContext) {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return { text: `${text}!` };
  }
}

const recorder: Recorder = {
  call: () => Promise.reject(new Error('no stage here calls')),
  reject() {},
  fail() {},
};

const scope: LaneScope = {
  recorder,
  randomName: 'test',
  signal: new AbortController().signal,
  log: { write() {} },
};

function rowsOf(...texts: string[]): Row[] {
  return texts.map((text) => ({ text }));
}

function open(blocks: readonly AnyBlock[], firstAttempt: number): Promise<Stages> {
  return Stages.open(blocks, { firstAttempt, lane: new Lane('gates', scope) });
}

function made(rows: readonly Row[]) {
  return rows.map((row) => ({ row, columns: [] }));
}

function apply(stages: Stages, attempt: number, ...texts: string[]) {
  return stages.apply(attempt, made(rowsOf(...texts)), new Lane(`${attempt}.1`, scope), scope);
}

/** `text` of what passed, and what is said of the rest. */
async function shown(candidates: ReturnType<Stages['apply']>) {
  return (await candidates).map(({ row, drop }) =>
    drop === undefined ? row['text'] : `${drop.kind} by ${drop.stage}: ${drop.detail.reason}`,
  );
}

describe('the stages of a task', () => {
  it('let every row pass when there are none', async () => {
    expect(await shown(apply(await open([], 1), 1, 'a', 'a'))).toEqual(['a', 'a']);
  });

  it('see what the stage before made, and keep the place of what was dropped', async () => {
    const stages = await open([new Short({ filter: true }), new Shout(), new Dedup({ filter: true })], 1);
    const passed = await shown(apply(stages, 1, 'one', 'much too long', 'two', 'ONE'));
    expect(passed).toEqual(['ONE', 'rejected by Short: too long', 'TWO', 'rejected by Dedup: repeats']);
  });

  it('mark rows instead of dropping them where they do not filter', async () => {
    const candidates = await apply(await open([new Dedup(), new Short()], 1), 1, 'a', 'a');
    expect(candidates.map(({ row, drop }) => [row['is_valid'], drop])).toEqual([
      [true, undefined],
      [false, undefined],
    ]);
  });

  it('do not touch the rows that the builder gave', async () => {
    const rows = rowsOf('a');
    const stages = await open([new Shout()], 1);
    await stages.apply(1, made(rows), new Lane('1.1', scope), scope);
    expect(rows).toEqual([{ text: 'a' }]);
  });

  it('may make several rows of one, or none without a reason', async () => {
    expect(await shown(apply(await open([new Split()], 1), 1, 'a+b', 'c'))).toEqual(['a', 'b', 'c']);
    expect(await shown(apply(await open([new Nothing()], 1), 1, 'a'))).toEqual(['rejected by Nothing: gave no row']);
  });

  it('end the row of a call that failed for good, and no other', async () => {
    const candidates = await apply(await open([new Failing({ name: 'judge' })], 1), 1, 'a', 'bad', 'b');
    expect(candidates.map(({ drop }) => drop?.kind)).toEqual([undefined, 'error', undefined]);
    expect(candidates[1]?.drop).toMatchObject({ detail: { block: 'judge', code: 'DGT_PROVIDER_REQUEST' } });
  });

  it('work on all rows of an attempt at once and keep their order', async () => {
    const block = new Reversing();
    const applied = apply(await open([block], 1), 1, 'a', 'b', 'c');
    while (block.waiting.length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (const release of block.waiting.toReversed()) release();
    expect(await shown(applied)).toEqual(['a!', 'b!', 'c!']);
  });
});

describe('what is told of the stages', () => {
  it('is the verdict of each on every row that came to it, with the row before and after', async () => {
    const told: string[] = [];
    const stages = await Stages.open([new Short({ filter: true }), new Shout(), new Dedup()], {
      firstAttempt: 1,
      lane: new Lane('gates', scope),
      onVerdict: ({ attempt, position, stage, verdict, reason, before, after }) =>
        told.push(`${attempt}/${position} ${stage} ${verdict} ${reason} ${before['text']} ${after['text']}`),
    });
    expect(stages.names).toEqual(['Short', 'Shout', 'Dedup']);
    await apply(stages, 1, 'one', 'much too long', 'ONE');
    expect(told).toEqual([
      '1/0 Short passed undefined one one',
      '1/1 Short rejected too long much too long much too long',
      '1/2 Short passed undefined ONE ONE',
      '1/0 Shout passed undefined one ONE',
      '1/2 Shout passed undefined ONE ONE',
      '1/0 Dedup passed undefined ONE ONE',
      '1/2 Dedup marked repeats ONE ONE',
    ]);
  });

  it('tells a row that a stage of single rows marks from one that it lets pass', async () => {
    const verdicts: unknown[] = [];
    const onVerdict = ({ verdict }: { verdict: string }) => verdicts.push(verdict);
    const stages = await Stages.open([new Short()], { firstAttempt: 1, lane: new Lane('gates', scope), onVerdict });
    await apply(stages, 1, 'one', 'much too long');
    expect(verdicts).toEqual(['passed', 'marked']);
  });
});

describe('a stage with memory', () => {
  it('takes attempts in order, in whatever order they come to it', async () => {
    const texts = [['a', 'b'], ['b', 'c'], ['a', 'c', 'd'], [], ['e', 'e']];
    const judged = async (order: readonly number[]) => {
      const stages = await open([new Shout(), new Dedup({ filter: true })], 1);
      const results: unknown[] = [];
      const applied = order.map(async (index) => {
        results[index] = await shown(apply(stages, index + 1, ...(texts[index] ?? [])));
      });
      await Promise.all(applied);
      return results;
    };
    const expected = await judged([0, 1, 2, 3, 4]);
    expect(expected).toEqual([
      ['A', 'B'],
      ['rejected by Dedup: repeats', 'C'],
      ['rejected by Dedup: repeats', 'rejected by Dedup: repeats', 'D'],
      [],
      ['E', 'rejected by Dedup: repeats'],
    ]);
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        expect(await judged(order)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('says what a row collided with', async () => {
    const stages = await open([new Dedup({ filter: true })], 3);
    await apply(stages, 3, 'a', 'b');
    const [again] = await apply(stages, 4, 'b');
    expect(again?.drop?.collidedWith).toBe(labelRow(3, 1));
    expect(again?.drop?.detail).toMatchObject({ reason: 'repeats', score: 1 });
  });

  it('compares with what passed it, whatever later stages said of it', async () => {
    const stages = await open([new Dedup({ filter: true }), new Short({ filter: true })], 1);
    expect(await shown(apply(stages, 1, 'much too long', 'much too long'))).toEqual([
      'rejected by Short: too long',
      'rejected by Dedup: repeats',
    ]);
  });

  it('never sees what an earlier stage dropped', async () => {
    const stages = await open([new Short({ filter: true }), new Dedup({ filter: true })], 1);
    expect(await shown(apply(stages, 1, 'much too long', 'much too long'))).toEqual([
      'rejected by Short: too long',
      'rejected by Short: too long',
    ]);
  });

  it('knows the seeds, unless it is told not to; seeds of another shape cannot be repeated', async () => {
    const seeds = [{ other: 1 }, { text: 'seed' }];
    const teach = async (block: AnyBlock) => {
      const stages = await open([block], 1);
      await stages.rememberSeeds(seeds, new Lane('seeds', scope));
      return stages;
    };
    const against = await teach(new Dedup({ filter: true }));
    const alone = await teach(new Dedup({ filter: true, against: 'none' }));
    const [repeated] = await apply(against, 1, 'seed');
    expect(repeated?.drop?.collidedWith).toBe(labelSeed(1));
    expect(await shown(apply(alone, 1, 'seed'))).toEqual(['seed']);
  });
});

/** What the ledger keeps of candidates, as the engine writes and reads it. */
function store(attempt: number, candidates: Awaited<ReturnType<Stages['apply']>>, stages: Stages): StoredOutcome[] {
  return candidates.map((candidate, id) => {
    const { drop, row, position } = candidate;
    stages.forgetReadableInputs(candidate, row);
    const outcome =
      drop === undefined
        ? ({ attempt, position, kind: 'accepted', row, detail: describePassage(candidate) } as Outcome)
        : describeDrop(attempt, candidate, drop);
    return JSON.parse(JSON.stringify({ ...outcome, id, accepted: undefined })) as StoredOutcome;
  });
}

describe('the memory of a run that goes on', () => {
  const text = fc.constantFrom('a', 'A', 'b', 'B', 'c', 'much too long', 'MUCH TOO LONG', 'bad');
  const attempts = fc.array(fc.array(text, { maxLength: 5 }), { minLength: 1, maxLength: 6 });
  const pipelines: Record<string, () => AnyBlock[]> = {
    'one gate': () => [new Dedup({ filter: true })],
    'a gate before a validator': () => [new Dedup({ filter: true }), new Short({ filter: true })],
    'a gate between blocks that change the row': () => [
      new Short({ filter: true }),
      new Dedup({ filter: true }),
      new Shout(),
    ],
    'two gates, and a call that fails between them': () => [
      new Dedup({ filter: true }),
      new Failing(),
      new Dedup({ name: 'folding', filter: true, fold: true }),
    ],
    'a gate that only marks': () => [new Dedup(), new Shout(), new Short({ filter: true })],
  };

  it.each(Object.keys(pipelines))('is what it was, with %s, wherever the run stopped', async (name) => {
    const create = pipelines[name] as () => AnyBlock[];
    await fc.assert(
      fc.asyncProperty(attempts, fc.nat(), async (texts, at) => {
        const split = at % (texts.length + 1);
        const continuous = await open(create(), 1);
        const resumed = await open(create(), split + 1);
        const stored: StoredOutcome[] = [];
        for (const [index, batch] of texts.entries()) {
          const candidates = await apply(continuous, index + 1, ...batch);
          const expected = candidates.map(({ row, drop }) => ({ row, drop }));
          if (index < split) stored.push(...store(index + 1, candidates, continuous));
          if (index + 1 === split) for (const outcome of stored) resumed.rememberOutcome(outcome);
          if (index < split) continue;
          const again = await apply(resumed, index + 1, ...batch);
          expect(again.map(({ row, drop }) => ({ row, drop }))).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is not taught by answers that gave no row', async () => {
    const stages = await open([new Dedup({ filter: true })], 2);
    const outcome: StoredOutcome = {
      id: 1,
      accepted: undefined,
      attempt: 1,
      kind: 'no_row',
      rowText: '{"text":"a"}',
      row: { text: 'a' },
      detail: {},
    };
    stages.rememberOutcome(outcome);
    await expect(shown(apply(stages, 2, 'a'))).resolves.toEqual(['a']);
  });

  it('needs nothing stored beside a row that tells what the gate saw', async () => {
    const stages = await open([new Dedup({ filter: true })], 1);
    const [candidate] = await apply(stages, 1, 'a');
    expect(candidate?.gateInputs.get('Dedup')).toEqual({ text: 'a' });
    stages.forgetReadableInputs(candidate as never, { text: 'a', more: 1 });
    expect(candidate?.gateInputs.size).toBe(0);
  });
});

describe('the labels that gates remember rows by', () => {
  it('tell seeds and places in attempts apart, and back', () => {
    const place = fc.record({ attempt: fc.integer({ min: 1, max: 2 ** 32 }), position: fc.nat(2 ** 20 - 1) });
    fc.assert(
      fc.property(place, fc.nat(2 ** 31), ({ attempt, position }, seed) => {
        expect(readLabel(labelRow(attempt, position))).toEqual({ attempt, position });
        expect(readLabel(labelSeed(seed))).toEqual({ seed });
      }),
    );
  });
});
