import type { Gate, Verdict } from '@dgt/core';

/**
 * One task's side of a gate that all tasks of a run share. Labels are the task's own, so two tasks may use the same ones; a
 * row that repeats one of another task is against `{ task, input }`, with what is compared of it where that can be read.
 *
 * Which of two equal rows passes depends on which is judged first: the tasks must come one after the other for the same
 * rows to pass on every run.
 */
export class RunGate<Input> implements Gate<Input> {
  readonly #options: RunGateOptions<Input>;

  constructor(options: RunGateOptions<Input>) {
    this.#options = options;
  }

  judge(input: Input, label: unknown): Verdict {
    const verdict = this.#options.shared.judge(input, this.#mark(input, label));
    const { against } = verdict;
    if (!(against instanceof TaskLabel)) return verdict;
    return { ...verdict, against: against.task === this.#options.task ? against.label : against.describe() };
  }

  remember(input: Input, label: unknown): void {
    this.#options.shared.remember(input, this.#mark(input, label));
  }

  #mark(input: Input, label: unknown): TaskLabel {
    const { task, isReadable } = this.#options;
    return new TaskLabel(task, label, isReadable ? input : undefined);
  }
}

interface RunGateOptions<Input> {
  readonly shared: Gate<Input>;
  readonly task: string;
  /** Whether the gate is given what people can read. */
  readonly isReadable: boolean;
}

class TaskLabel {
  readonly task: string;
  readonly label: unknown;
  readonly #input: unknown;

  constructor(task: string, label: unknown, input: unknown) {
    this.task = task;
    this.label = label;
    this.#input = input;
  }

  describe(): object {
    const { task } = this;
    return this.#input === undefined ? { task } : { task, ...(this.#input as object) };
  }
}
