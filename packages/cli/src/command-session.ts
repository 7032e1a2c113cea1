import { SecretStore } from '@dgt/runner';
import type { CommandContext } from './command-context.js';
import { describeError, printError } from './printing/error-report.js';
import { interceptWrites } from './printing/intercept-writes.js';
import { createStyle, type Style } from './printing/style.js';

/** The options of every command. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** What a command works with: its process, and ways to print from which every secret is taken out. */
export class CommandSession {
  readonly context: CommandContext;
  readonly secrets = new SecretStore();
  readonly json: boolean;
  readonly debug: boolean;
  readonly #writeOut: (text: string) => unknown;

  /** @param writeOut writes to standard output, also where writes of others are led away from it. */
  constructor(
    context: CommandContext,
    { json = false, debug = false }: OutputFlags,
    writeOut: (text: string) => unknown,
  ) {
    this.context = context;
    this.json = json;
    this.debug = debug;
    this.#writeOut = writeOut;
  }

  /** How text is coloured on standard output. */
  get style(): Style {
    return createStyle(this.context.stdout, this.context.environment);
  }

  /** Prints lines of the result to standard output. */
  print(text: string): void {
    this.#writeOut(`${this.secrets.redact(text)}\n`);
  }

  /** Prints the one JSON document of `--json`. */
  printJson(value: unknown): void {
    this.#writeOut(`${JSON.stringify(this.secrets.redactDeep(value), undefined, 2)}\n`);
  }

  /** Says something beside the result, on standard error. */
  say(text: string): void {
    this.context.stderr.write(`${this.secrets.redact(text)}\n`);
  }

  /** Prints an error, what to do about it and, with `--debug`, where it happened. */
  sayError(error: unknown): void {
    const { stderr, environment, workingFolder } = this.context;
    this.say(printError(error, { debug: this.debug, style: createStyle(stderr, environment), workingFolder }));
  }
}

/** Runs a command; an error that it throws is printed and becomes exit code 1. */
export async function runInSession(
  context: CommandContext,
  flags: OutputFlags,
  run: (session: CommandSession) => Promise<number>,
): Promise<number> {
  const { stdout, stderr } = context;
  const write = stdout.write.bind(stdout);
  // A builder that prints must not break the one JSON document.
  const restore = flags.json === true ? interceptWrites(stdout, (text) => stderr.write(text)) : () => {};
  const session = new CommandSession(context, flags, write);
  try {
    return await run(session);
  } catch (error) {
    session.sayError(error);
    if (session.json) session.printJson({ error: describeError(error), exit_code: 1 });
    return 1;
  } finally {
    restore();
  }
}
