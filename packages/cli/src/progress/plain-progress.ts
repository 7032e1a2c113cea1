import { describeProgressLine } from './progress-line.js';
import type { ProgressDisplay } from './live-progress.js';
import type { TaskView } from './task-view.js';

/** A line for each task at the start, from time to time when something changed, and at the end: for logs and pipes. */
export class PlainProgress implements ProgressDisplay {
  readonly intervalMs = 10_000;
  readonly #say: (line: string) => void;
  readonly #said = new Map<string, string>();

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  refresh(views: readonly TaskView[]): void {
    for (const view of views) {
      const { taskName, total, accepted, lost, tokens, ending } = view.progress;
      // How many calls are in flight, and how long it may take, changes all the time and is no news.
      const state = JSON.stringify([accepted, lost, tokens, ending?.reason]);
      const earlier = this.#said.get(taskName);
      if (earlier === state) continue;
      this.#said.set(taskName, state);
      // At the start the rows of earlier runs are not counted yet.
      this.#say(
        earlier === undefined
          ? `${taskName}: begins${total === undefined ? '' : `, ${total} to do`}`
          : describeProgressLine(view),
      );
    }
  }

  close(views: readonly TaskView[]): void {
    this.refresh(views);
  }
}
