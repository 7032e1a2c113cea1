import type { TryRecord } from '@dgt/core';
import Database from 'libsql';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TemporaryLedger, acceptedOutcome, answerRecord } from '../__fixtures__/temporary-ledger.js';
import { ledgerVersion } from './ledger-schema.js';
import { Ledger } from './ledger.js';
import type { Outcome } from './outcome.js';

const okTry: TryRecord = { startedAt: 5, durationMs: 12.6, outcome: 'ok', promptTokens: 10, completionTokens: 3 };
const failedTry: TryRecord = { startedAt: 6, durationMs: 1, outcome: 'error', statusCode: 503, reason: 'overloaded' };

/** Two attempts: one with every kind of outcome, one with a second accepted row. */
const firstAttempt: Outcome[] = [
  { attempt: 1, kind: 'no_row', row: 'I cannot', detail: { block: 'builder', reason: 'not a pair' } },
  { attempt: 1, kind: 'error', row: { input: 'x' }, detail: { block: 'generator', reason: 'refused', code: 'C' } },
  acceptedOutcome(1, 0, { question: 'naïve\u2028 "q"' }),
  {
    attempt: 1,
    position: 1,
    kind: 'rejected',
    stage: 'dedup',
    row: { question: 'b' },
    detail: { score: 1, against: [1] },
  },
];
const secondAttempt = [acceptedOutcome(2, 0, { question: 'c' })];

/** Opens the compiled ledger in a process of its own and says what came of it; holds it until it is killed. */
async function openElsewhere(file: string) {
  const module = fileURLToPath(new URL('../../dist/ledger/ledger.js', import.meta.url));
  if (!existsSync(module)) throw new Error('packages/runner/dist is missing: run `npm run build` before this test');
  const script = `
    const { Ledger } = await import(${JSON.stringify(module)});
    try {
      const ledger = Ledger.open(${JSON.stringify(file)}, { holder: () => ' (somebody)' });
      await ledger.setMeta('from', 'elsewhere');
      console.log('open');
      setInterval(() => {}, 1000);
    } catch (error) { console.log(error.code + ' ' + error.message); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    said: line.toString().trim(),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

describe('a ledger', () => {
  it('gives everything back after it was closed and opened again', async () => {
    using place = new TemporaryLedger();
    const failure = answerRecord({ call: 1, failed: true, answer: { code: 'C', details: {}, statusCode: 400 } });
    await Promise.all([
      place.ledger.setMeta('sizes', { lookahead: 3 }),
      place.ledger.recordAnswer(answerRecord({ answer: { text: 'naïve\u2028', list: [1, null] } })),
      place.ledger.recordAnswer(failure),
      place.ledger.recordAnswer(answerRecord({ owner: 2, lane: '2.0.1' })),
      place.ledger.recordTry(1, 'generator', okTry),
      place.ledger.recordTry(1, 'generator', failedTry),
    ]);
    await place.ledger.commitAttempts([{ number: 1, outcomes: firstAttempt }]);
    await place.ledger.commitAttempts([{ number: 2, outcomes: secondAttempt }]);
    const ledger = place.reopen();
    expect(ledger.getMeta('sizes')).toEqual({ lookahead: 3 });
    expect(ledger.getMeta('never set')).toBeUndefined();
    expect(ledger.answersOf(1)).toEqual([
      {
        lane: '1.0',
        call: 0,
        hash: Buffer.alloc(16, 7),
        failed: false,
        answer: { text: 'naïve\u2028', list: [1, null] },
      },
      { lane: '1.0', call: 1, hash: Buffer.alloc(16, 7), failed: true, answer: failure.answer },
    ]);
    expect(ledger.answersOf(2)).toMatchObject([{ lane: '2.0.1', answer: 'yes' }]);
    expect(ledger.answersOf(3)).toEqual([]);
    expect(ledger.totals()).toEqual({
      calls: 3,
      failedCalls: 1,
      tries: 2,
      failedTries: 1,
      promptTokens: 10,
      completionTokens: 3,
    });
    expect(ledger.acceptedCount).toBe(2);
    expect(ledger.lastAttempt).toBe(2);
    expect(ledger.attempt(2)).toMatchObject({ number: 2, candidates: 1, accepted: 1, acceptedBefore: 1 });
    expect([...ledger.newestAttempts()].map(({ number }) => number)).toEqual([2, 1]);
    expect([...ledger.outcomes()]).toMatchObject([...firstAttempt, ...secondAttempt]);
    expect([...ledger.outcomes()].filter(({ attempt }) => attempt === 1)).toMatchObject(firstAttempt);
    expect([ledger.acceptedRow(0), ledger.acceptedRow(1)]).toEqual([
      { question: 'naïve\u2028 "q"' },
      { question: 'c' },
    ]);
    expect(ledger.rowAt(1, 1)).toEqual({ question: 'b' });
    expect(ledger.rowAt(9, 0)).toBeNull();
    expect(() => ledger.acceptedRow(2)).toThrow(RangeError);
  });

  it('finds the outcome that completes any number of rows', async () => {
    using place = new TemporaryLedger();
    await place.ledger.commitAttempts([{ number: 1, outcomes: firstAttempt }]);
    await place.ledger.commitAttempts([{ number: 2, outcomes: secondAttempt }]);
    const { ledger } = place;
    expect([0, 1, 2, 3].map((count) => ledger.outcomeIdOf(count))).toEqual([0, 3, 5, undefined]);
    expect([...ledger.outcomes({ after: 3, upTo: 5 })].map(({ id }) => id)).toEqual([4, 5]);
  });

  it('keeps several answers of one call apart by the hash of what was asked', async () => {
    using place = new TemporaryLedger();
    await place.ledger.recordAnswer(answerRecord({ answer: 'old' }));
    await place.ledger.recordAnswer(answerRecord({ answer: 'new', hash: Buffer.alloc(16, 8) }));
    expect(
      place
        .reopen()
        .answersOf(1)
        .map(({ answer, hash }) => [answer, hash[0]]),
    ).toEqual([
      ['old', 7],
      ['new', 8],
    ]);
  });

  it('forgets committed attempts and keeps every answer when the builder is to be run again', async () => {
    using place = new TemporaryLedger();
    await place.ledger.recordAnswer(answerRecord());
    await place.ledger.commitAttempts([{ number: 1, outcomes: firstAttempt }]);
    await place.ledger.forgetAttempts();
    const ledger = place.reopen();
    expect([ledger.acceptedCount, ledger.lastAttempt, [...ledger.outcomes()].length]).toEqual([0, 0, 0]);
    expect(ledger.answersOf(1)).toHaveLength(1);
    await ledger.commitAttempts([{ number: 1, outcomes: secondAttempt }]);
    expect(ledger.attempt(1)).toMatchObject({ accepted: 1, acceptedBefore: 0 });
  });

  it('counts calls that wait for the next commit', () => {
    using place = new TemporaryLedger();
    void place.ledger.recordAnswer(answerRecord());
    void place.ledger.recordTry(1, 'generator', okTry);
    expect(place.ledger.totals()).toMatchObject({ calls: 1, tries: 1, completionTokens: 3 });
  });

  it('keeps the answers that are committed together with a candidate that cannot be written', async () => {
    using place = new TemporaryLedger();
    const answer = place.ledger.recordAnswer(answerRecord());
    await expect(
      place.ledger.commitAttempts([{ number: 1, outcomes: [acceptedOutcome(1, 0, 1n as never)] }]),
    ).rejects.toThrow('BigInt');
    await answer;
    expect(place.reopen().answersOf(1)).toHaveLength(1);
  });

  it('can be written by a reader who stops in the middle, and read by two at once', async () => {
    using place = new TemporaryLedger();
    for (let attempt = 1; attempt <= 300; attempt++) {
      const outcomes = [0, 1].map((position) => acceptedOutcome(attempt, position, attempt));
      await place.ledger.commitAttempts([{ number: attempt, outcomes: outcomes }]);
    }
    const ledger = place.reopen();
    const newest = ledger.newestAttempts();
    expect(newest.next().value).toMatchObject({ number: 300 });
    const outcomes = ledger.outcomes({ after: 7 });
    expect(outcomes.next().value).toMatchObject({ id: 8 });
    expect(ledger.outcomes({ after: 99 }).next().value).toMatchObject({ id: 100 });
    await ledger.commitAttempts([{ number: 301, outcomes: [] }]);
    expect(Array.from(outcomes, ({ id }) => id)).toEqual(Array.from({ length: 592 }, (_, index) => index + 9));
    expect(Array.from(newest, ({ number }) => number)).toEqual(Array.from({ length: 299 }, (_, index) => 299 - index));
  });

  it('knows waves from the moment they are handed in until they are done', async () => {
    using place = new TemporaryLedger();
    await place.ledger.addWave('w1', 'generator', ['a', 'b']);
    await place.ledger.addWave('w2', 'judge', ['c']);
    expect(place.reopen().openWaves('generator')).toEqual([
      { id: 'w1', handle: undefined, calls: new Set(['a', 'b']) },
    ]);
    await place.ledger.confirmWave('w1', 'batch_7');
    expect(place.reopen().openWaves('generator')).toMatchObject([{ handle: 'batch_7' }]);
    await place.ledger.closeWave('w1', [answerRecord()], []);
    expect(place.reopen().openWaves('generator')).toEqual([]);
    expect(place.ledger.answersOf(1)).toMatchObject([{ answer: 'yes' }]);
    expect(place.ledger.openWaves('judge')).toHaveLength(1);
  });

  it('closes a wave of more answers than a call takes arguments', { timeout: 60_000 }, async () => {
    using place = new TemporaryLedger();
    await place.ledger.addWave('w1', 'generator', []);
    const answers = Array.from({ length: 150_000 }, (_, index) => answerRecord({ owner: index + 1 }));
    await place.ledger.closeWave('w1', answers, []);
    expect(place.ledger.answersOf(150_000)).toHaveLength(1);
    expect(place.ledger.totals().calls).toBe(150_000);
  });

  it('may be closed twice', () => {
    using place = new TemporaryLedger();
    place.ledger.close();
    expect(() => place.ledger.close()).not.toThrow();
  });

  it('leaves one file behind when it is closed', async () => {
    using place = new TemporaryLedger();
    await place.ledger.recordAnswer(answerRecord());
    place.close();
    expect(readdirSync(place.folder)).toEqual(['ledger.db']);
  });

  it('that is only read stays as it is, byte for byte', async () => {
    using place = new TemporaryLedger();
    await place.ledger.commitAttempts([{ number: 1, outcomes: firstAttempt }]);
    place.close();
    const [bytes, { mtimeMs }] = [readFileSync(place.files.ledger), statSync(place.files.ledger)];
    const ledger = place.reopen();
    ledger.totals();
    expect([...ledger.outcomes()]).toHaveLength(4);
    place.close();
    expect(readFileSync(place.files.ledger).equals(bytes)).toBe(true);
    expect(statSync(place.files.ledger).mtimeMs).toBe(mtimeMs);
    expect(readdirSync(place.folder)).toEqual(['ledger.db']);
  });
});

describe('the lock of a ledger', () => {
  it('keeps out a second opener in another process and names who has it', async () => {
    using place = new TemporaryLedger();
    await place.ledger.setMeta('from', 'here');
    const { said } = await openElsewhere(place.files.ledger);
    expect(said).toBe(`DGT_RUN_LOCKED ${place.folder} is in use by another run (somebody)`);
    expect(place.ledger.getMeta('from')).toBe('here');
  });

  it('is held from the opening on, before anything is written', async () => {
    using place = new TemporaryLedger();
    await place.ledger.setMeta('from', 'here');
    place.reopen();
    expect((await openElsewhere(place.files.ledger)).said).toContain('DGT_RUN_LOCKED');
  });

  it('ends with its process, however that dies, and what was committed is there', async () => {
    using place = new TemporaryLedger();
    const other = await openElsewhere(place.files.ledger);
    try {
      expect(other.said).toBe('open');
      expect(() => Ledger.open(place.files.ledger)).toThrow(expect.objectContaining({ code: 'DGT_RUN_LOCKED' }));
    } finally {
      await other.kill();
    }
    expect(place.ledger.getMeta('from')).toBe('elsewhere');
  });
});

describe('a file that is no ledger of this version', () => {
  it('is refused when a newer dgt wrote it, and not touched', () => {
    using place = new TemporaryLedger();
    expect(place.ledger.acceptedCount).toBe(0);
    place.close();
    const database = new Database(place.files.ledger);
    database.exec(`PRAGMA user_version = ${ledgerVersion + 1}`);
    database.close();
    const bytes = readFileSync(place.files.ledger);
    expect(() => Ledger.open(place.files.ledger)).toThrow(
      expect.objectContaining({
        code: 'DGT_LEDGER_UNUSABLE',
        message: `${place.files.ledger} cannot be used as a ledger: its format is ${ledgerVersion + 1}, this dgt writes ${ledgerVersion}`,
      }),
    );
    expect(readFileSync(place.files.ledger).equals(bytes)).toBe(true);
  });

  it.each([
    ['text', Buffer.from('{"not": "a database"}\n'.repeat(100))],
    ['a database whose head is damaged', Buffer.alloc(8192, 1)],
  ])('is refused when it is %s, and not touched', (_name, bytes) => {
    using place = new TemporaryLedger();
    writeFileSync(place.files.ledger, bytes);
    expect(() => Ledger.open(place.files.ledger)).toThrow(expect.objectContaining({ code: 'DGT_LEDGER_UNUSABLE' }));
    expect(readFileSync(place.files.ledger).equals(bytes)).toBe(true);
  });

  it('is made when it is empty, as a crash right after its creation leaves it', () => {
    using place = new TemporaryLedger();
    writeFileSync(place.files.ledger, '');
    expect(place.ledger.totals().calls).toBe(0);
  });
});
