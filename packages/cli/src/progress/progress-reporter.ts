import type { TaskProgress } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { createStyle } from '../printing/style.js';
import { LiveProgress, type ProgressDisplay } from './live-progress.js';
import { PlainProgress } from './plain-progress.js';
import { TaskViews } from './task-view.js';

/** Shows on standard error how far a run is, from {@link start} to {@link close}. */
export class ProgressReporter {
  readonly #session: CommandSession;
  #display: ProgressDisplay | undefined;
  #views = new TaskViews([]);
  #timer: NodeJS.Timeout | undefined;

  constructor(session: CommandSession) {
    this.#session = session;
  }

  /** Begins to look at the tasks, ten times a second on a terminal and every ten seconds elsewhere. */
  start(tasks: readonly (() => TaskProgress)[]): void {
    const display = this.#createDisplay();
    this.#display = display;
    this.#views = new TaskViews(tasks);
    display.refresh(this.#take());
    this.#timer = setInterval(() => display.refresh(this.#take()), display.intervalMs);
  }

  /** Ends it; also where it never began. */
  close(): void {
    clearInterval(this.#timer);
    this.#display?.close(this.#take());
    this.#display = undefined;
  }

  #take() {
    return this.#views.take(this.#session.context.now());
  }

  #createDisplay(): ProgressDisplay {
    const { stdout, stderr, environment } = this.#session.context;
    if (stderr.isTTY !== true || environment['TERM'] === 'dumb')
      return new PlainProgress((line) => this.#session.say(line));
    const others = stdout.isTTY === true ? [stdout] : [];
    return new LiveProgress(stderr, { style: createStyle(stderr, environment), others });
  }
}
