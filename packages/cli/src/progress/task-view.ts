import type { TaskProgress } from '@dgt/runner';
import { RateMeter } from './rate-meter.js';

/** How far a task is, with what follows from how it went so far. */
export interface TaskView {
  readonly progress: TaskProgress;
  /** Undefined until it is known. */
  readonly rowsPerMinute: number | undefined;
  /** Undefined until it is known. */
  readonly secondsLeft: number | undefined;
}

/** Looks at tasks from time to time. */
export class TaskViews {
  readonly #tasks: readonly { readonly look: () => TaskProgress; readonly meter: RateMeter }[];

  constructor(tasks: readonly (() => TaskProgress)[]) {
    this.#tasks = tasks.map((look) => ({ look, meter: new RateMeter() }));
  }

  /** How far each task is now. */
  take(timeMs: number): TaskView[] {
    return this.#tasks.map(({ look, meter }) => {
      const progress = look();
      const { done, total, attempts, ending } = progress;
      if (ending === undefined) meter.add({ timeMs, done, attempts });
      const secondsLeft = ending !== undefined || total === undefined ? undefined : meter.secondsFor(total - done);
      return { progress, rowsPerMinute: meter.rowsPerMinute, secondsLeft };
    });
  }
}
