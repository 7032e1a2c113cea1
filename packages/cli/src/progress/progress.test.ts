import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { TaskProgress } from '@dgt/runner';
import { displayWidth } from '../printing/display-width.js';
import { plainStyle } from '../printing/style.js';
import { LiveProgress } from './live-progress.js';
import { PlainProgress } from './plain-progress.js';
import { describeProgressLine, renderProgressLines } from './progress-line.js';
import { TaskViews, type TaskView } from './task-view.js';

const begun: TaskProgress = {
  taskName: 'public/test/geography_qa',
  total: 50,
  done: 21,
  accepted: 21,
  lost: 4,
  attempts: 2,
  openAttempts: 1,
  callsUnderWay: 8,
  tokens: 12_345,
  ending: undefined,
};

function look(given: Partial<TaskProgress> = {}, view: Partial<TaskView> = {}): TaskView {
  return { progress: { ...begun, ...given }, rowsPerMinute: undefined, secondsLeft: undefined, ...view };
}

const render = (view: TaskView, width = 120) => renderProgressLines([view], { width, style: plainStyle }).join('\n');

describe('the line of a task', () => {
  it('says how far it is, and how long it takes once that is known', () => {
    const known = { rowsPerMinute: 642.4, secondsLeft: 2.7 };
    const lines = [
      look({ done: 0, accepted: 0, lost: 0, tokens: 0 }),
      look(),
      look({}, known),
      look({ total: 100_000, done: 5_000, accepted: 5_000 }, { rowsPerMinute: 4.25, secondsLeft: 8000 }),
      look({ done: 50, accepted: 50, ending: { reason: 'complete', message: '' } }, { rowsPerMinute: 642 }),
      look({ done: 0, accepted: 0, total: 0 }),
    ].map((view) => render(view));
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "public/test/geography_qa  ░░░░░░░░░░░░░░░░░░░░  0/50  8 in flight
      public/test/geography_qa  ████████░░░░░░░░░░░░  21/50  4 lost  8 in flight  12.3k tokens
      public/test/geography_qa  ████████░░░░░░░░░░░░  21/50  4 lost  8 in flight  12.3k tokens  642 rows/min  3 s left
      public/test/geography_qa  █░░░░░░░░░░░░░░░░░░░  5,000/100,000  4 lost  8 in flight  12.3k tokens  4.3 rows/min
      public/test/geography_qa  ████████████████████  50/50  4 lost  12.3k tokens  complete
      public/test/geography_qa  ████████████████████  0/0  4 lost  8 in flight  12.3k tokens"
    `);
  });

  it('leaves out what does not fit, from the right, and cuts the front of the name', () => {
    const view = look({}, { rowsPerMinute: 642, secondsLeft: 3 });
    expect([90, 60, 40, 20].map((width) => render(view, width)).join('\n')).toMatchInlineSnapshot(`
      "public/test/geography_qa  ████████░░░░░░░░░░░░  21/50  4 lost  8 in flight  12.3k tokens
      public/test/geography_qa  ████████░░░░░░░░░░░░  21/50
      …st/geography_qa  21/50  4 lost
      …graphy_qa  21/50"
    `);
    for (let width = 10; width < 120; width++) expect(displayWidth(render(view, width))).toBeLessThanOrEqual(width);
  });

  it('stands in columns with the others', () => {
    const views = [look({ taskName: 'long/name' }), look({ taskName: '地理' })];
    expect(renderProgressLines(views, { width: 40, style: plainStyle })).toEqual([
      'long/name  21/50  4 lost  8 in flight',
      '地理       21/50  4 lost  8 in flight',
    ]);
  });

  it('reads like a sentence in a log', () => {
    expect(describeProgressLine(look({}, { rowsPerMinute: 642, secondsLeft: 3 }))).toBe(
      'public/test/geography_qa: 21/50 rows, 4 lost, 8 in flight, 12.3k tokens, 642 rows/min, 3 s left',
    );
  });
});

describe('looking at tasks', () => {
  it('tells the time left from how it went', () => {
    let progress = { ...begun, done: 0, accepted: 0, attempts: 0 };
    const views = new TaskViews([() => progress]);
    expect(views.take(0)[0]).toMatchObject({ rowsPerMinute: undefined, secondsLeft: undefined });
    progress = { ...progress, done: 25, accepted: 25, attempts: 1 };
    const [half] = views.take(10_000);
    expect(half?.rowsPerMinute).toBeCloseTo(150);
    expect(half?.secondsLeft).toBeCloseTo(10);
    progress = {
      ...progress,
      done: 50,
      accepted: 50,
      attempts: 2,
      ending: { reason: 'complete', message: '' },
    } as never;
    expect(views.take(20_000)[0]?.secondsLeft).toBeUndefined();
  });
});

/** A terminal that keeps what is on its screen. It knows the sequences that dgt writes: cursor up, clear below. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly columns = 80;
  readonly rows = 6;
  writes = 0;
  #lines: string[] = [''];
  #row = 0;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes++;
    // oxlint-disable-next-line no-control-regex -- the sequences of a terminal
    for (const [piece, up, clear] of chunk.toString().matchAll(/\u001b\[(\d+)A|(\u001b\[J)|[\r\n]|[^\u001b\r\n]+/g)) {
      if (up !== undefined) this.#row -= Number(up);
      else if (clear !== undefined) this.#lines = [...this.#lines.slice(0, this.#row), ''];
      else if (piece === '\n') this.#lines[++this.#row] ??= '';
      else if (piece !== '\r') this.#lines[this.#row] += piece;
    }
    done();
  }

  get text(): string {
    return this.#lines.join('\n');
  }
}

describe('progress on a terminal', () => {
  const open = () => {
    const [stderr, stdout] = [new Screen(), new Screen()];
    // Both reach one terminal.
    stdout._write = stderr._write.bind(stderr);
    return { stderr, stdout, live: new LiveProgress(stderr, { style: plainStyle, others: [stdout] }) };
  };
  const two = (accepted: number) => [
    look({ taskName: 'a', done: accepted, accepted }),
    look({ taskName: 'b', done: 1, accepted: 1 }),
  ];

  it('is a block of lines that is drawn again when something changed, and only then', () => {
    const { stderr, live } = open();
    live.refresh(two(1));
    live.refresh(two(1));
    expect(stderr.writes).toBe(1);
    live.refresh(two(25));
    expect(stderr.writes).toBe(2);
    expect(stderr.text).toMatchInlineSnapshot(`
      "a  ██████████░░░░░░░░░░  25/50  4 lost  8 in flight  12.3k tokens
      b  ░░░░░░░░░░░░░░░░░░░░  1/50  4 lost  8 in flight  12.3k tokens
      "
    `);
  });

  it('stays below what others print, a line at a time', () => {
    const { stderr, stdout, live } = open();
    live.refresh(two(1));
    stdout.write('one\ntw');
    stderr.write('a warning\n');
    stdout.write('o\nthe re');
    live.refresh(two(2));
    expect(stderr.text.split('\n').map((line) => line.slice(0, 9))).toEqual([
      'one',
      'a warning',
      'two',
      expect.stringMatching(/^a {2}/),
      expect.stringMatching(/^b {2}/),
      '',
    ]);
    live.close();
    stdout.write('st\n');
    expect(stderr.text).toBe('one\na warning\ntwo\nthe re\nst\n');
  });

  it('shows the tasks that move when there are more than the screen has lines', () => {
    const { stderr, live } = open();
    const ended = { ending: { reason: 'complete', message: '' } } as const;
    const views = ['a', 'b', 'c', 'd', 'e', 'f'].map((taskName, index) => look({ taskName, ...(index < 3 && ended) }));
    live.refresh(views);
    expect(stderr.text.split('\n').map((line) => line.slice(0, 16).trim())).toEqual([
      expect.stringMatching(/^d /),
      expect.stringMatching(/^e /),
      expect.stringMatching(/^f /),
      '… and 3 more tas',
      '',
    ]);
    live.close();
  });

  it('leaves nothing of itself behind', () => {
    const { stderr, stdout, live } = open();
    live.refresh(two(1));
    live.close();
    expect(stderr.text).toBe('');
    for (const stream of [stderr, stdout]) expect(Object.hasOwn(stream, 'write')).toBe(false);
  });
});

describe('progress elsewhere', () => {
  it('is a line at the start, one when something changed, one at the end', () => {
    const lines: string[] = [];
    const plain = new PlainProgress((line) => lines.push(line));
    plain.refresh([look()]);
    plain.refresh([look({ callsUnderWay: 3 }, { secondsLeft: 4 })]);
    plain.refresh([look({ done: 30, accepted: 30 })]);
    plain.close([look({ done: 50, accepted: 50, ending: { reason: 'complete', message: '' } })]);
    expect(lines).toEqual([
      'public/test/geography_qa: begins, 50 to do',
      'public/test/geography_qa: 30/50 rows, 4 lost, 8 in flight, 12.3k tokens',
      'public/test/geography_qa: 50/50 rows, 4 lost, 12.3k tokens, complete',
    ]);
  });
});
