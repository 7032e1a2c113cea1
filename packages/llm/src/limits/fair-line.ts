import { Heap } from './heap.js';

/** What decides about a place in a {@link FairLine}. */
export interface Place {
  readonly task: string;
  /** The smaller is older and goes first within its task. */
  readonly age: number;
}

interface Entry<T> {
  readonly item: T;
  readonly arrival: number;
}

/** Those of one task. */
interface TaskLine<T> {
  readonly entries: Heap<Entry<T>>;
  /** How much the task has been served, in the time of the line. */
  served: number;
  /** Breaks ties between tasks: the one that was served longest ago goes first. */
  turn: number;
  isWaiting: boolean;
}

/**
 * A waiting line: tasks take turns, and within a task the oldest goes first. Ages begin anew in each task, so they say
 * nothing across tasks. A task that did not wait saves up no turns.
 */
export class FairLine<T extends Place> {
  readonly #tasks = new Map<string, TaskLine<T>>();
  readonly #waiting = new Heap<TaskLine<T>>(
    (a, b) => a.served < b.served || (a.served === b.served && a.turn < b.turn),
  );
  #arrivals = 0;
  #size = 0;
  /** How much the task that was served last had been served. */
  #now = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    const task = this.#openTask(item.task);
    task.entries.push({ item, arrival: this.#arrivals++ });
    this.#size++;
    if (task.isWaiting) return;
    task.isWaiting = true;
    task.served = Math.max(task.served, this.#now);
    this.#waiting.push(task);
  }

  /** Whose turn it is. */
  peek(): T | undefined {
    return this.#waiting.peek()?.entries.peek()?.item;
  }

  /** Takes out whose turn it is. @param isServed false when it leaves the line without being served. */
  pop(isServed = true): T | undefined {
    const task = this.#waiting.pop();
    if (task === undefined) return undefined;
    const { item } = task.entries.pop() as Entry<T>;
    this.#size--;
    if (isServed) {
      this.#now = task.served;
      task.served++;
      task.turn = this.#arrivals++;
    }
    task.isWaiting = task.entries.size > 0;
    if (task.isWaiting) this.#waiting.push(task);
    return item;
  }

  #openTask(name: string): TaskLine<T> {
    let task = this.#tasks.get(name);
    if (task === undefined) {
      const isBefore = (a: Entry<T>, b: Entry<T>) =>
        a.item.age < b.item.age || (a.item.age === b.item.age && a.arrival < b.arrival);
      task = { entries: new Heap(isBefore), served: 0, turn: this.#arrivals++, isWaiting: false };
      this.#tasks.set(name, task);
    }
    return task;
  }
}
