import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = new URL('./__fixtures__/use-once.ts', import.meta.url);

it('loads under flags that a fork cannot take, and lets the process end after close', async () => {
  const flags = ['--conditions=@dgt/source', '--import', 'tsx', '--input-type=module'];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...flags, '--eval', `await import(${JSON.stringify(script.href)})`],
    { cwd: fileURLToPath(new URL('.', import.meta.url)), timeout: 25_000 },
  );
  expect(stdout).toMatch(/^answer: ./);
  expect(stderr).toBe('');
});
