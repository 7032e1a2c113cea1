import * as fc from 'fast-check';
import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { TemporaryLedger, acceptedOutcome } from '../__fixtures__/temporary-ledger.js';
import type { Outcome } from '../ledger/outcome.js';
import { Projections } from './projections.js';

const all = Number.MAX_SAFE_INTEGER;
const projected = ['data', 'rejected', 'errors'] as const;

/** One attempt with a candidate of every kind. */
function attemptOf(number: number): Outcome[] {
  return [
    { attempt: number, kind: 'no_row', row: `answer ${number}`, detail: { block: 'builder', reason: 'not a pair' } },
    { attempt: number, kind: 'error', row: { input: number }, detail: { block: 'generator', code: 'DGT_X' } },
    acceptedOutcome(number, 0, { question: `é ${number}` }),
    {
      attempt: number,
      position: 1,
      kind: 'rejected',
      stage: 'dedup',
      row: { question: 'again' },
      detail: {
        block: 'dedup',
        reason: 'repeats',
        score: 1,
        against: { question: 'a' },
        gateInputs: { 0: { input: 'x' } },
      },
    },
  ];
}

class Dataset extends TemporaryLedger {
  attempts = 0;

  async commit(count = 1): Promise<this> {
    for (let left = count; left > 0; left--)
      await this.ledger.commitAttempts([{ number: ++this.attempts, outcomes: attemptOf(this.attempts) }]);
    return this;
  }

  /** Brings the files up to date, as a run does when it begins. */
  async open(upTo = all): Promise<Projections> {
    const projections = new Projections(this.files, this.ledger, {
      taskName: 'team/topic',
      redact: (text) => text.replaceAll('sk-secret', '***'),
    });
    await projections.open(upTo);
    return projections;
  }

  bytes(): string[] {
    return projected.map((name) => readFileSync(this.files[name], 'utf8'));
  }

  rows(name: (typeof projected)[number]): unknown[] {
    const lines = readFileSync(this.files[name], 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as unknown);
  }
}

/** The bytes that an undisturbed run of so many attempts writes. */
async function bytesOf(attempts: number): Promise<string[]> {
  using dataset = await new Dataset().commit(attempts);
  await dataset.open();
  return dataset.bytes();
}

describe('the files that show a dataset during its run', () => {
  it('exist from the start, empty', async () => {
    using dataset = new Dataset();
    await dataset.open();
    expect(dataset.bytes()).toEqual(['', '', '']);
  });

  it('hold each candidate where its kind belongs, with the reason and without what only dgt needs', async () => {
    using dataset = await new Dataset().commit();
    await dataset.open();
    expect(dataset.rows('data')).toEqual([{ question: 'é 1' }]);
    expect(dataset.rows('rejected')).toEqual([
      { task_name: 'team/topic', attempt: 1, block: 'builder', reason: 'not a pair', answer: 'answer 1' },
      {
        task_name: 'team/topic',
        attempt: 1,
        block: 'dedup',
        reason: 'repeats',
        score: 1,
        against: { question: 'a' },
        row: { question: 'again' },
      },
    ]);
    expect(dataset.rows('errors')).toEqual([
      { task_name: 'team/topic', attempt: 1, block: 'generator', code: 'DGT_X', row: { input: 1 } },
    ]);
  });

  it('grow by what was committed since, also beyond what is read at a time', async () => {
    using dataset = await new Dataset().commit(3);
    const projections = await dataset.open();
    await dataset.commit(400);
    await projections.append(all);
    expect(dataset.bytes()).toEqual(await bytesOf(403));
  });

  it('end at the outcome that they are cut at, and go on after it when the cut moves on', async () => {
    using dataset = await new Dataset().commit(2);
    await dataset.open(3);
    expect(dataset.bytes().map((text) => text.split('\n').length - 1)).toEqual([1, 1, 1]);
    dataset.reopen();
    await dataset.open();
    expect(dataset.bytes()).toEqual(await bytesOf(2));
  });

  it('are written anew when the cut moves back', async () => {
    using dataset = await new Dataset().commit(2);
    await dataset.open();
    dataset.reopen();
    await dataset.open(4);
    expect(dataset.bytes()).toEqual(await bytesOf(1));
  });

  it('are left alone, to the time of their last change, when they are in order', async () => {
    using dataset = await new Dataset().commit(2);
    await dataset.open();
    const times = () => projected.map((name) => statSync(dataset.files[name]).mtimeMs);
    const before = times();
    dataset.reopen();
    await dataset.open();
    expect(times()).toEqual(before);
  });
});

describe('a file that is not as dgt left it', () => {
  it.each(projected)(
    'costs nothing but itself when %s is removed during a run, and is whole after the next start',
    async (name) => {
      using dataset = await new Dataset().commit(2);
      const projections = await dataset.open();
      rmSync(dataset.files[name]);
      await dataset.ledger.commitAttempts([{ number: 3, outcomes: [acceptedOutcome(3, 0, { question: 'é 3' })] }]);
      await projections.append(all);
      dataset.reopen();
      await dataset.open();
      expect(dataset.rows('data')).toHaveLength(3);
      expect(dataset.bytes().slice(1)).toEqual((await bytesOf(2)).slice(1));
    },
  );

  it.each([
    ['longer by a line', (file: string) => appendFileSync(file, '{"half":')],
    ['shorter', (file: string) => truncateSync(file, 3)],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['gone', (file: string) => rmSync(file)],
    ['edited at the same length', (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('1', '7'))],
    ['replaced by something shorter', (file: string) => writeFileSync(file, 'mine\n')],
  ])('is put right when it is %s', async (_name, disturb) => {
    for (const name of projected) {
      using dataset = await new Dataset().commit(2);
      await dataset.open();
      // Times of files are compared, so the disturbance must not fall into the same tick of the clock.
      const { mtimeMs } = statSync(dataset.files[name]);
      do disturb(dataset.files[name]);
      while (statSync(dataset.files[name], { throwIfNoEntry: false })?.mtimeMs === mtimeMs);
      await dataset.commit();
      dataset.reopen();
      await dataset.open();
      expect(dataset.bytes()).toEqual(await bytesOf(3));
    }
  });

  it('is cut to its mark when the run was killed between writing and marking', async () => {
    using dataset = await new Dataset().commit(2);
    const projections = await dataset.open();
    await dataset.commit();
    vi.spyOn(dataset.ledger, 'setMeta').mockRejectedValueOnce(new Error('killed'));
    await expect(projections.append(all)).rejects.toThrow('killed');
    expect(dataset.bytes()).toEqual(await bytesOf(3));
    dataset.reopen();
    await dataset.open();
    expect(dataset.bytes()).toEqual(await bytesOf(3));
  });

  it('ends right wherever runs were killed, amid a line or between files', async () => {
    const expected = await bytesOf(4);
    const kill = fc.record({ keep: fc.tuple(fc.nat(400), fc.nat(400), fc.nat(400)), marked: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(kill, { maxLength: 3 }), async (kills) => {
        using dataset = await new Dataset().commit();
        await dataset.open();
        for (const { keep, marked } of kills) {
          const lengths = projected.map((name) => statSync(dataset.files[name]).size);
          const projections = await dataset.open();
          await dataset.commit();
          if (!marked) vi.spyOn(dataset.ledger, 'setMeta').mockRejectedValueOnce(new Error('killed'));
          await projections.append(all).catch(() => {});
          // A kill amid the appends leaves any part of what is new in each file.
          for (const [index, name] of projected.entries()) {
            const { size } = statSync(dataset.files[name]);
            if (!marked) truncateSync(dataset.files[name], Math.min(size, (lengths[index] ?? 0) + (keep[index] ?? 0)));
          }
          dataset.reopen();
        }
        await dataset.commit(4 - dataset.attempts);
        await dataset.open();
        expect(dataset.bytes()).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('that cannot be written is named', async () => {
    using dataset = await new Dataset().commit();
    const files = { ...dataset.files, rejected: dataset.folder };
    const projections = new Projections(files, dataset.ledger, { taskName: 'team/topic', redact: (text) => text });
    await expect(projections.open(all)).rejects.toMatchObject({
      code: 'DGT_OUTPUT_UNWRITABLE',
      message: expect.stringContaining(dataset.folder),
    });
  });
});
