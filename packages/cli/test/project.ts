import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';

export const repository = new URL('../../../', import.meta.url).pathname;
const command = join(repository, 'packages/cli/bin/dgt.js');

/** How a process of dgt ended. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `dgt`. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** A folder outside of the repository with task files and builders of its own, on which the real command is run. */
export class TemporaryProject implements Disposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'dgt-project-')));

  /** Copies the repository's geography builder, with the tutorial's own YAML. */
  addGeography(): this {
    const builder = 'builders/public/test/geography_qa';
    for (const name of ['generate.ts', 'task.ts', 'prompt.ts'])
      cpSync(join(repository, builder, name), join(this.folder, builder, name));
    this.write(
      `${builder}/geography_qa.yaml`,
      readFileSync(join(import.meta.dirname, '__fixtures__/tutorial/geography_qa.yaml'), 'utf8'),
    );
    this.write('task.yaml', readFileSync(join(import.meta.dirname, '__fixtures__/tutorial/task.yaml'), 'utf8'));
    return this;
  }

  write(path: string, text: string): this {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
    return this;
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  rows(path: string): Record<string, unknown>[] {
    return this.read(path)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Starts the command; nothing of the caller's environment reaches it but PATH. */
  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): RunningCommand {
    const env = { PATH: process.env['PATH'] ?? '', HOME: this.folder, ...environment };
    const child = spawn(process.execPath, [command, ...args], { cwd: this.folder, env });
    return { process: child, finished: collect(child) };
  }

  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Finished> {
    return this.start(args, environment).finished;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Gathers the output of a process until it ends. */
export async function collect(child: ChildProcess): Promise<Finished> {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...texts };
}
