import type { Gate, Json, Verdict } from '@dgt/core';
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
  pin: Json | undefined;

  constructor(options: RepetitionGateOptions) {
    this.#options = options;
  }

  judge({ input }: { readonly input: unknown }, label: unknown): Verdict {
    const { block, filter, memory, threshold } = this.#options;
    const passage = memory.read(joinTexts(input, block));
    const verdict = this.#decide(passage, filter ? threshold : 0);
    if (verdict.valid || !filter) this.#add(passage, label);
    return verdict;
  }

  remember({ input }: { readonly input: unknown }, label: unknown): void {
    const { block, memory } = this.#options;
    this.#add(memory.read(joinTexts(input, block)), label);
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
}

interface RepetitionGateOptions {
  /** The name of the block, for errors. */
  readonly block: string;
  readonly memory: TextMemory;
  /** From this score on a row is a repetition. */
  readonly threshold: number;
  /** Whether repetitions are dropped, and so not remembered. */
  readonly filter: boolean;
}
