import type { CommandContext } from '../command-context.js';

type Signal = 'SIGINT' | 'SIGTERM';

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Two signals within this time are one key press: a terminal and npx both deliver it. @unit milliseconds */
const oneKeyPressMs = 300;

/** Turns Ctrl-C and SIGTERM into what a run does about them: finish, then end at once, then leave. */
export class Interruptions {
  readonly #context: Pick<CommandContext, 'signals' | 'now' | 'exit'>;
  readonly #say: (message: string) => void;
  readonly #stop = new AbortController();
  readonly #abort = new AbortController();
  readonly #listeners: Readonly<Record<Signal, () => void>>;
  #count = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #exitCode: number | undefined;

  /** Starts to listen. */
  constructor(context: Pick<CommandContext, 'signals' | 'now' | 'exit'>, say: (message: string) => void) {
    this.#context = context;
    this.#say = say;
    this.#listeners = { SIGINT: () => this.#interrupt('SIGINT'), SIGTERM: () => this.#interrupt('SIGTERM') };
    for (const [signal, listener] of this.#entries) context.signals.on(signal, listener);
  }

  /** Fires at the first signal: start nothing more, finish what is in flight. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Fires at the second: end now. */
  get abort(): AbortSignal {
    return this.#abort.signal;
  }

  /** 130 or 143 once a signal came. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Gives the signals back to the process. */
  dispose(): void {
    for (const [signal, listener] of this.#entries) this.#context.signals.off(signal, listener);
  }

  get #entries(): [Signal, () => void][] {
    return Object.entries(this.#listeners) as [Signal, () => void][];
  }

  #interrupt(signal: Signal): void {
    const now = this.#context.now();
    if (now - this.#lastAt < oneKeyPressMs) return;
    this.#lastAt = now;
    this.#exitCode ??= exitCodes[signal];
    this.#count++;
    if (this.#count === 1) {
      this.#say('finishing what is in flight; press again to stop now');
      this.#stop.abort();
    } else if (this.#count === 2) {
      this.#say('stopping now; recorded answers are kept');
      this.#abort.abort();
    } else {
      this.#context.exit(this.#exitCode);
    }
  }
}
