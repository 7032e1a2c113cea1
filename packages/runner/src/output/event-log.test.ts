import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretStore } from '../config/secrets.js';
import { EventLog } from './event-log.js';

let folder: string;
let file: string;
const secrets = new SecretStore();
secrets.keep('sk-very-"secret"-4711');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dgt-events-'));
  file = join(folder, 'events.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function createLog(place = file): EventLog {
  return new EventLog(
    place,
    () => 1000,
    (text) => secrets.redact(text),
  );
}

function lines(): unknown[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

describe('events.jsonl', () => {
  it('gets a line for each event, with its time, after what earlier runs wrote', () => {
    createLog().add({ event: 'attempt_committed', attempt: 1 });
    createLog().add({ event: 'run_finished', reason: 'complete' });
    expect(lines()).toEqual([
      { time: '1970-01-01T00:00:01.000Z', event: 'attempt_committed', attempt: 1 },
      { time: '1970-01-01T00:00:01.000Z', event: 'run_finished', reason: 'complete' },
    ]);
  });

  it('is where blocks and builders log to', () => {
    createLog().write('warning', 'slow', { seconds: 3 });
    expect(lines()).toMatchObject([{ event: 'log', level: 'warning', message: 'slow', seconds: 3 }]);
  });

  it('never shows a secret, and stays JSON without it', () => {
    createLog().write('info', 'sent sk-very-"secret"-4711 to', { header: { key: 'Bearer sk-very-"secret"-4711' } });
    expect(readFileSync(file, 'utf8')).not.toContain('4711');
    expect(lines()).toMatchObject([{ message: 'sent [secret] to', header: { key: 'Bearer [secret]' } }]);
  });

  it('keeps an event of several lines in one line', () => {
    createLog().write('info', 'one\ntwo\u2028three');
    expect(lines()).toMatchObject([{ message: 'one\ntwo\u2028three' }]);
  });

  it('takes whatever an author logs: big numbers as text, and what JSON cannot hold as a note', () => {
    const log = createLog();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    log.write('info', 'big', { count: 12n });
    log.write('info', 'round', { circle });
    expect(lines()).toMatchObject([
      { message: 'big', count: '12' },
      { message: 'round', fields: expect.stringMatching(/^cannot be written/) },
    ]);
  });

  it('loses a line rather than a dataset when it cannot be written', () => {
    expect(() => createLog(folder).add({ event: 'attempt_committed' })).not.toThrow();
  });
});
