import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TestTerminal, testBuilders } from './__fixtures__/command-line.js';

const command = fileURLToPath(new URL('../bin/dgt.js', import.meta.url));
const isBuilt = existsSync(fileURLToPath(new URL('../dist/main.js', import.meta.url)));

/** Writes the URL of every module that is asked for into a file. */
const recordingHook = (file: string) => `
  import { appendFileSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    appendFileSync(${JSON.stringify(file)}, resolved.url + '\\n');
    return resolved;
  }`;

function start(terminal: TestTerminal, argv: readonly string[], nodeOptions: readonly string[] = []) {
  // What the test runner sets for itself would make Node look for sources.
  const { NODE_OPTIONS: _own, ...environment } = process.env;
  const child = spawn(process.execPath, [...nodeOptions, command, ...argv], {
    cwd: terminal.workingFolder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (output.stdout += String(text)));
  child.stderr.on('data', (text: Buffer) => (output.stderr += String(text)));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return { child, ended };
}

describe.skipIf(!isBuilt)('the installed command', () => {
  it('loads the argument parser and nothing else of dgt to print its help', async () => {
    using terminal = new TestTerminal();
    const seen = join(terminal.workingFolder, 'seen.txt');
    writeFileSync(seen, '');
    const hook = terminal.write('hook.mjs', recordingHook(seen));
    const preload = terminal.write(
      'preload.mjs',
      `import { register } from 'node:module';\nregister(${JSON.stringify(pathToFileURL(hook).href)});\n`,
    );
    for (const argv of [['--help'], ['run', '--help'], ['--version']]) {
      const { code, stdout } = await start(terminal, argv, ['--import', pathToFileURL(preload).href]).ended;
      expect(code).toBe(0);
      expect(stdout).not.toBe('');
    }
    const loaded = readFileSync(seen, 'utf8').split('\n');
    // A table of flags, which imports nothing.
    const others = loaded.filter((url) => !url.endsWith('/compat/dist/infer/infer-flags.js'));
    const packages = others.flatMap(
      (url) => /\/(?:packages|node_modules)\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [],
    );
    expect([...new Set(packages)].toSorted()).toEqual(['cli', 'commander']);
  });

  it('runs a TypeScript builder from an empty folder and ends by itself', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    const { ended } = start(terminal, ['run', 'task.yaml', '--include-builders', testBuilders, '--json']);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ tasks: [{ status: 'complete', rows: 5 }], exit_code: 0 });
  });

  it('is stopped by a signal, twice if it must be at once, and says so with its exit code', async () => {
    using terminal = new TestTerminal();
    terminal.writeTask('task.yaml');
    terminal.write('builders/silent/silent.yaml', silentBuilder);
    terminal.write(
      'builders/silent/generate.ts',
      `export * from ${JSON.stringify(join(testBuilders, 'counting/generate.ts'))};\n`,
    );
    const { child, ended } = start(terminal, ['run', 'task.yaml', '--debug']);
    const said = (text: string) =>
      new Promise<void>((resolve) => {
        child.stderr.on('data', (chunk: Buffer) => String(chunk).includes(text) && resolve());
      });
    await said('the silent model was asked');
    child.kill('SIGTERM');
    await said('press again');
    // Signals that come together count as one.
    const again = setInterval(() => child.kill('SIGTERM'), 400);
    await said('stopping now');
    clearInterval(again);
    const { code, stdout } = await ended;
    expect(code).toBe(143);
    expect(stdout).toContain('topic: cancelled, 0 of 5 rows');
  });

  it('does not mind a reader that has seen enough', async () => {
    using terminal = new TestTerminal();
    const { child, ended } = start(terminal, ['list', 'blocks']);
    child.stdout.destroy();
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

const silentBuilder = `
name: test/counting
blocks:
  - name: generator
    type: fake_model
    model_id_or_path: silent
`;
