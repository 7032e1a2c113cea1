import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandContext, OutputStream } from '../command-context.js';
import { runCommand } from '../run-command.js';

/** The builders of these tests; `test/counting` makes `line N of attempt N`. */
export const testBuilders = fileURLToPath(new URL('builders', import.meta.url));

/** Keeps what is written to it. */
export class CapturedStream implements OutputStream {
  readonly isTTY: boolean;
  readonly columns = 100;
  readonly rows = 24;
  readonly #listeners = new Set<() => void>();
  #text = '';

  constructor({ isTTY = false } = {}) {
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    this.#text += text;
    for (const listener of this.#listeners) listener();
    return true;
  }

  /** Resolves once the text has been written. */
  untilWritten(text: string): Promise<void> {
    return new Promise((resolve) => {
      const listener = () => {
        if (!this.#text.includes(text)) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
      listener();
    });
  }

  get text(): string {
    return this.#text;
  }
}

/** A terminal in a folder of its own, where commands run inside of the test's process. */
export class TestTerminal implements CommandContext {
  readonly workingFolder = mkdtempSync(join(tmpdir(), 'dgt-cli-'));
  readonly environment: Record<string, string | undefined> = {};
  readonly signals = new EventEmitter();
  readonly exits: number[] = [];
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  #fallenAsleep: () => void = () => {};
  stdout = new CapturedStream();
  stderr = new CapturedStream();
  time = Date.parse('2026-01-02T03:04:05Z');

  now(): number {
    return this.time;
  }

  /** Nobody wakes up here but by {@link passTime}. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake, reject) => {
      this.#sleepers.add({ until: this.time + milliseconds, wake });
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#fallenAsleep();
    });
  }

  /** Lets time pass for one that sleeps, and resolves when it has done what it woke up for and sleeps again. */
  async passTime(milliseconds: number): Promise<void> {
    if (this.#sleepers.size === 0) await new Promise<void>((resolve) => (this.#fallenAsleep = resolve));
    this.time += milliseconds;
    const asleep = new Promise<void>((resolve) => (this.#fallenAsleep = resolve));
    const due = [...this.#sleepers].filter(({ until }) => until <= this.time);
    for (const sleeper of due) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    if (due.length > 0) await asleep;
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  /** Runs a command and gives what it printed, the folder left out. */
  async run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const stdout = new CapturedStream();
    const stderr = new CapturedStream();
    Object.assign(this, { stdout, stderr });
    // A copy, since a second command may run beside the first.
    const context = {
      ...this,
      stdout,
      stderr,
      now: () => this.time,
      sleep: (milliseconds: number, signal?: AbortSignal) => this.sleep(milliseconds, signal),
      exit: (code: number) => this.exit(code),
    };
    const code = await runCommand(argv, context);
    return { code, stdout: this.show(stdout.text), stderr: this.show(stderr.text) };
  }

  /** Runs `dgt run` on a task with the builders of these tests. */
  runTask(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.run('run', '--include-builders', testBuilders, '--task-path', ...argv);
  }

  /** Resolves once the command that runs has said something on standard error. */
  untilSaid(text: string): Promise<void> {
    return this.stderr.untilWritten(text);
  }

  write(path: string, text: string): string {
    const file = join(this.workingFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Writes a task file for `test/counting`. */
  writeTask(path: string, { name = 'topic', more = '' } = {}): string {
    return this.write(
      path,
      `task_name: ${name}\ntask_description: Lines\ndata_builder: test/counting\nnum_outputs_to_generate: 5\n` +
        `seed_examples:\n  - text: a seed\n  - text: another\n${more}`,
    );
  }

  /** The names in the working folder. */
  list(): string[] {
    return readdirSync(this.workingFolder);
  }

  [Symbol.dispose](): void {
    rmSync(this.workingFolder, { recursive: true });
  }

  show(text: string): string {
    return text.replaceAll(this.workingFolder, '<folder>').replaceAll(testBuilders, '<builders>');
  }
}
