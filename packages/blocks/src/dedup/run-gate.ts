import type { Gate, Verdict } from '@dgt/core';

/** What a row of another task was remembered under. */
interface OtherLabel {
  readonly task: string;
  readonly label: unknown;
}

/**
 * One task's side of a gate that all tasks of a run share. Labels are the task's own, so two tasks may use the same ones; a
 * row that repeats one of another task is against `{ task, label }`.
 *
 * Which of two equal rows passes depends on which is judged first: the tasks must come one after the other for the same
 * rows to pass on every run.
 */
export class RunGate<Input> implements Gate<Input> {
  readonly #shared: Gate<Input>;
  readonly #task: string;

  constructor(shared: Gate<Input>, task: string) {
    this.#shared = shared;
    this.#task = task;
  }

  judge(input: Input, label: unknown): Verdict {
    const verdict = this.#shared.judge(input, this.#mark(label));
    const { against } = verdict;
    if (!(against instanceof TaskLabel)) return verdict;
    const other: OtherLabel = { task: against.task, label: against.label };
    return { ...verdict, against: against.task === this.#task ? against.label : other };
  }

  remember(input: Input, label: unknown): void {
    this.#shared.remember(input, this.#mark(label));
  }

  #mark(label: unknown): TaskLabel {
    return new TaskLabel(this.#task, label);
  }
}

class TaskLabel {
  readonly task: string;
  readonly label: unknown;

  constructor(task: string, label: unknown) {
    this.task = task;
    this.label = label;
  }
}
