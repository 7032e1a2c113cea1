import type { OutputStream } from '../command-context.js';
import { interceptWrites } from '../printing/intercept-writes.js';
import type { Style } from '../printing/style.js';
import { renderProgressLines } from './progress-line.js';
import type { TaskView } from './task-view.js';

/** Shows how far tasks are. */
export interface ProgressDisplay {
  /** How often to call {@link refresh}. @unit milliseconds */
  readonly intervalMs: number;
  /** Shows how far the tasks are now; writes nothing when nothing changed. */
  refresh(views: readonly TaskView[]): void;
  /** Shows the end and gives the terminal back. */
  close(views: readonly TaskView[]): void;
}

interface Intercepted {
  readonly write: (text: string) => unknown;
  readonly restore: () => void;
  /** The beginning of a line whose end is still to come. */
  rest: string;
}

const clearBelow = '\x1b[J';

/**
 * A block of lines at the foot of the terminal, a line for each task. What others print meanwhile, `console.log` of a
 * builder included, scrolls by above it, a line at a time.
 */
export class LiveProgress implements ProgressDisplay {
  readonly intervalMs = 100;
  readonly #terminal: OutputStream;
  readonly #style: Style;
  readonly #streams: readonly Intercepted[];
  readonly #write: (text: string) => unknown;
  #shown: readonly string[] = [];

  /**
   * @param terminal where the block is drawn.
   * @param others streams that reach the same terminal.
   */
  constructor(terminal: OutputStream, options: { style: Style; others: readonly OutputStream[] }) {
    this.#terminal = terminal;
    this.#style = options.style;
    this.#write = terminal.write.bind(terminal);
    this.#streams = [terminal, ...options.others].map((stream) => this.#intercept(stream));
  }

  refresh(views: readonly TaskView[]): void {
    const lines = this.#render(views);
    if (lines.length === this.#shown.length && lines.every((line, index) => line === this.#shown[index])) return;
    this.#write(this.#erasure() + lines.map((line) => `${line}\n`).join(''));
    this.#shown = lines;
  }

  /** Takes the block away: what a run came to is printed in full after it. */
  close(): void {
    this.#erase();
    for (const stream of this.#streams.toReversed()) {
      stream.restore();
      if (stream.rest !== '') stream.write(`${stream.rest}\n`);
    }
  }

  #render(views: readonly TaskView[]): string[] {
    const { columns = 80, rows = 24 } = this.#terminal;
    const room = Math.max(1, rows - 2);
    const shown = views.length <= room ? views : this.#chooseLines(views, room - 1);
    // A line that fills the last column wraps on some terminals.
    const lines = renderProgressLines(shown, { width: columns - 1, style: this.#style });
    return shown.length === views.length ? lines : [...lines, `… and ${views.length - shown.length} more tasks`];
  }

  /** Those that move, in their order. */
  #chooseLines(views: readonly TaskView[], count: number): TaskView[] {
    const moving = views.filter(({ progress }) => progress.ending === undefined);
    const chosen = new Set([...moving, ...views].slice(0, Math.max(0, count)));
    return views.filter((view) => chosen.has(view));
  }

  #erasure(): string {
    return this.#shown.length === 0 ? '' : `\x1b[${this.#shown.length}A\r${clearBelow}`;
  }

  #erase(): void {
    if (this.#shown.length > 0) this.#write(this.#erasure());
    this.#shown = [];
  }

  #intercept(stream: OutputStream): Intercepted {
    const write = stream.write.bind(stream);
    const intercepted: Intercepted = {
      write,
      rest: '',
      restore: interceptWrites(stream, (text) => this.#letPass(intercepted, text)),
    };
    return intercepted;
  }

  /** Prints whole lines above the block; a line without its end waits for it. */
  #letPass(stream: Intercepted, text: string): void {
    const all = stream.rest + text;
    const end = all.lastIndexOf('\n') + 1;
    stream.rest = all.slice(end);
    if (end === 0) return;
    const block = this.#shown;
    this.#erase();
    stream.write(all.slice(0, end));
    this.#write(block.map((line) => `${line}\n`).join(''));
    this.#shown = block;
  }
}
