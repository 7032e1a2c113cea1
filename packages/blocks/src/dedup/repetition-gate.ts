import type { Gate, Json, Log, Verdict } from '@dgt/core';
import { joinTexts } from './compared-text.js';
import type { OutsideText } from './outside-texts.js';
import type { TextMemory } from './text-memory.js';

/** The gate of every deduplicator: what it has seen lies in its {@link TextMemory}, with a label for each entry. */
export class RepetitionGate implements Gate<{ readonly input: unknown }> {
  readonly #options: RepetitionGateOptions;
  /** By entry of the memory. */
  readonly #labels: unknown[] = [];
  /** Why a row is dropped that repeats one of the entries before `end`; ascending. */
  readonly #outside: { readonly end: number; readonly reason: string }[] = [];
  /** How many rows were remembered before the first was judged, and how long that took. */
  #restored: { rows: number; ms: number } | undefined = { rows: 0, ms: 0 };
  pin: Json | undefined;

  constructor(options: RepetitionGateOptions) {
    this.#options = options;
  }

  judge({ input }: { readonly input: unknown }, label: unknown): Verdict {
    const { block, filter, memory, threshold } = this.#options;
    if (this.#restored !== undefined) this.#sayRestored(this.#restored);
    const passage = memory.read(joinTexts(input, block));
    const verdict = this.#decide(passage, filter ? threshold : 0);
    if (verdict.valid || !filter) this.#add(passage, label);
    return verdict;
  }

  remember({ input }: { readonly input: unknown }, label: unknown): void {
    const { block, memory } = this.#options;
    const start = performance.now();
    this.#add(memory.read(joinTexts(input, block)), label);
    if (this.#restored === undefined) return;
    this.#restored.rows++;
    this.#restored.ms += performance.now() - start;
  }

  /** Remembers what comes from outside of the rows; before any row. */
  rememberOutside({ text, label, reason }: OutsideText): void {
    const { memory } = this.#options;
    this.#add(memory.read(text), label);
    const last = this.#outside.at(-1);
    if (last?.reason === reason) this.#outside.pop();
    this.#outside.push({ end: this.#labels.length, reason });
  }

  #decide(passage: unknown, floor: number): Verdict {
    const { memory, threshold } = this.#options;
    const closest = memory.findClosest(passage, floor);
    if (closest === undefined) return { valid: true };
    const { entry, score } = closest;
    if (score < threshold) return { valid: true, score };
    const reason = this.#outside.find(({ end }) => entry < end)?.reason ?? 'repeats an earlier row';
    return { valid: false, reason, score, against: this.#labels[entry] };
  }

  #add(passage: unknown, label: unknown): void {
    this.#options.memory.add(passage);
    this.#labels.push(label);
  }

  /** Nothing is said of a few rows, such as seeds. */
  #sayRestored({ rows, ms }: { readonly rows: number; readonly ms: number }): void {
    const { block, log } = this.#options;
    this.#restored = undefined;
    if (rows < 1000) return;
    const message = `${block}: remembered ${rows} earlier rows in ${(ms / 1000).toFixed(1)} s`;
    log.write('info', message, { block, rows, ms: Math.round(ms) });
  }
}

interface RepetitionGateOptions {
  /** The name of the block, for errors. */
  readonly block: string;
  readonly memory: TextMemory;
  /** From this score on a row is a repetition. */
  readonly threshold: number;
  /** Whether repetitions are dropped, and so not remembered. */
  readonly filter: boolean;
  readonly log: Log;
}
