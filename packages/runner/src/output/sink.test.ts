import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TemporaryLedger, acceptedOutcome } from '../__fixtures__/temporary-ledger.js';
import type { Ledger } from '../ledger/ledger.js';
import { createFileSink, writeSink } from './sink.js';
import { readAcceptedRows } from './final-rows.js';

const mayReplace = { mayReplace: true };

async function write(
  file: string,
  ledger: Ledger,
  rowCount: number,
  options: { mayReplace: boolean },
): Promise<boolean> {
  const sink = createFileSink('final_data', file);
  const written = await writeSink(sink, ledger, readAcceptedRows(ledger, rowCount), options);
  expect(written.files).toEqual([file]);
  return written.changed;
}

/** A dataset of two attempts with three accepted rows and one rejected between them. */
async function createDataset(): Promise<TemporaryLedger> {
  const place = new TemporaryLedger();
  await place.ledger.commitAttempts([
    {
      number: 1,
      outcomes: [
        acceptedOutcome(1, 0, { row: 1 }),
        { attempt: 1, position: 1, kind: 'rejected', stage: 'dedup', row: { row: 'no' }, detail: {} },
        acceptedOutcome(1, 2, { row: 2 }),
      ],
    },
  ]);
  await place.ledger.commitAttempts([{ number: 2, outcomes: [acceptedOutcome(2, 0, { row: 3 })] }]);
  return place;
}

describe('final_data.jsonl', () => {
  it('holds the first accepted rows, as many as belong to the dataset', async () => {
    using place = await createDataset();
    expect(await write(place.files.finalData, place.ledger, 2, mayReplace)).toBe(true);
    expect(readFileSync(place.files.finalData, 'utf8')).toBe('{"row":1}\n{"row":2}\n');
    expect([...readAcceptedRows(place.ledger, 0)]).toEqual([]);
    expect([...readAcceptedRows(place.ledger, 3)]).toHaveLength(3);
  });

  it('is left alone when it is right already, also by a later run', async () => {
    using place = await createDataset();
    await write(place.files.finalData, place.ledger, 3, mayReplace);
    const { mtimeMs, ino } = statSync(place.files.finalData);
    expect(await write(place.files.finalData, place.reopen(), 3, mayReplace)).toBe(false);
    expect(statSync(place.files.finalData)).toMatchObject({ mtimeMs, ino });
  });

  it('is written again when the number of rows is another', async () => {
    using place = await createDataset();
    await write(place.files.finalData, place.ledger, 3, mayReplace);
    expect(await write(place.files.finalData, place.ledger, 1, mayReplace)).toBe(true);
    expect(readFileSync(place.files.finalData, 'utf8')).toBe('{"row":1}\n');
  });

  it.each([
    ['longer', (text: string) => `${text}{"row":"mine"}\n`],
    ['shorter', (text: string) => text.slice(0, 5)],
    ['edited at the same length', (text: string) => text.replace('1', '7')],
  ])('is written again when somebody made it %s', async (_name, edit) => {
    using place = await createDataset();
    const { finalData } = place.files;
    await write(finalData, place.ledger, 3, mayReplace);
    const right = readFileSync(finalData, 'utf8');
    writeFileSync(finalData, edit(right));
    utimesSync(finalData, 1, 1);
    expect(await write(finalData, place.reopen(), 3, { mayReplace: false })).toBe(true);
    expect(readFileSync(finalData, 'utf8')).toBe(right);
  });

  it('is written again when it is gone', async () => {
    using place = await createDataset();
    await write(place.files.finalData, place.ledger, 3, mayReplace);
    writeFileSync(place.files.finalData, '');
    expect(await write(place.files.finalData, place.ledger, 3, mayReplace)).toBe(true);
  });

  it('of the dataset before stays after a restart until the new one is done', async () => {
    using place = await createDataset();
    writeFileSync(place.files.finalData, 'of the dataset before\n');
    expect(await write(place.files.finalData, place.ledger, 3, { mayReplace: false })).toBe(false);
    expect(readFileSync(place.files.finalData, 'utf8')).toBe('of the dataset before\n');
    expect(await write(place.files.finalData, place.ledger, 3, mayReplace)).toBe(true);
    expect(readFileSync(place.files.finalData, 'utf8')).toContain('{"row":3}');
  });

  it('of an interrupted run is there even when there was none before', async () => {
    using place = await createDataset();
    expect(existsSync(place.files.finalData)).toBe(false);
    expect(await write(place.files.finalData, place.ledger, 1, { mayReplace: false })).toBe(true);
  });
});
