import { createHash } from 'node:crypto';
import type { Json } from '../json.js';
import type { Log } from '../log.js';
import { createRandom, type Random } from '../random.js';
import type { Note, RecordedCall, Recorder, Rejection, RowFailure } from './recorder.js';

/** What every lane of one attempt or script shares. */
export interface LaneScope {
  readonly recorder: Recorder;
  /** Names the random streams: the run's `random_seed` and the task. */
  readonly randomName: string;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * The unit of replay: an attempt, an item of `ctx.map`, a row of a block run. A lane has its own call counter and its own
 * random stream, so what it does depends on its place alone and never on when other lanes run.
 */
export class Lane {
  /** Its place, such as `a3.0.1`: the same on every run of the same dataset. */
  readonly id: string;
  readonly #scope: LaneScope;
  #children = 0;
  #calls = 0;
  #named: Map<string, number> | undefined;
  #random: Random | undefined;

  constructor(id: string, scope: LaneScope) {
    this.id = id;
    this.#scope = scope;
  }

  /** The random stream of this place; later draws go on with it. */
  get random(): Random {
    this.#random ??= createRandom(`${this.#scope.randomName}/${this.id}`);
    return this.#random;
  }

  /** Aborted when the run is cancelled. */
  get signal(): AbortSignal {
    return this.#scope.signal;
  }

  get log(): Log {
    return this.#scope.log;
  }

  /** The next child lane; children are numbered in the order in which they are asked for. */
  child(): Lane {
    return this.at(this.#children++);
  }

  /** The child lane of a given number, for items of a numbered list. */
  at(index: number): Lane {
    return new Lane(`${this.id}.${index}`, this.#scope);
  }

  /**
   * A child lane that has its name from what is done in it and not from when: steps that are added or left out before it, and
   * flows beside it, do not change it. The same name again gives the next lane of that name.
   */
  named(name: string): Lane {
    this.#named ??= new Map();
    const count = this.#named.get(name) ?? 0;
    this.#named.set(name, count + 1);
    // 48 bits are far from the numbers of children, and a number as all parts of a lane's id are.
    const number = createHash('sha256').update(name).digest().readUIntBE(0, 6);
    return this.at(number).at(count);
  }

  /** Makes a durable call; see {@link Recorder.call}. */
  call<T extends Json>(call: RecordedCall<T>): Promise<T> {
    return this.#scope.recorder.call({ lane: this.id, index: this.#calls++ }, call, this.signal);
  }

  /** Records that a row, or a piece of an answer, was given up, and why. */
  reject(rejection: Rejection): void {
    this.#scope.recorder.reject(this.id, rejection);
  }

  /** Records that a row ended because a call failed for good. */
  fail(failure: RowFailure): void {
    this.#scope.recorder.fail(this.id, failure);
  }

  /** Counts something that a block did to an answer or a row, where the recorder keeps such counts. */
  note(note: Note): void {
    this.#scope.recorder.note?.(this.id, note);
  }
}
