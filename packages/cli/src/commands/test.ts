import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { ConfigError } from '@dgt/core';
import type { CommandSession } from '../command-session.js';
import type { TestFlags } from '../program.js';
import { groupTests } from '../testing/group-tests.js';

/**
 * `dgt test`: runs the tests of builders and blocks with Node's own test runner. They are imported as builders are: TypeScript
 * as it stands, `@dgt/*` from dgt itself, so that they run where nothing else is installed. Those that are written for the
 * project's vitest are run by that.
 */
export async function test({ paths }: TestFlags, session: CommandSession): Promise<number> {
  const { workingFolder, environment, stdout, stderr } = session.context;
  const standard = ['builders', 'blocks'].filter((folder) => existsSync(join(workingFolder, folder)));
  const roots = (paths.length > 0 ? paths : standard).map((path) => resolve(workingFolder, path));
  const files = (await Promise.all(roots.map(findTests))).flat();
  if (files.length === 0) {
    const places = paths.length > 0 ? paths.join(', ') : 'builders/ and blocks/';
    throw new ConfigError('DGT_OPTION_INVALID', {
      option: 'PATHS',
      expected: 'files called *.test.ts below them',
      value: places,
    });
  }
  const hooks = new URL('../testing/install-hooks.js', import.meta.url).href;
  let worst = 0;
  for (const { program, files: grouped } of groupTests(files, workingFolder, hooks)) {
    const child = spawn(process.execPath, [...program, ...grouped], {
      cwd: workingFolder,
      env: { ...environment, DGT_TEST_ROOTS: JSON.stringify([workingFolder]) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (text: Buffer) => stdout.write(text.toString()));
    child.stderr.on('data', (text: Buffer) => stderr.write(text.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    worst = Math.max(worst, code ?? 1);
  }
  return worst;
}

const testName = /\.test\.[cm]?[jt]s$/;

async function findTests(root: string): Promise<string[]> {
  if (!existsSync(root)) throw new ConfigError('DGT_FILE_UNREADABLE', { file: root, reason: 'no such file or folder' });
  if (statSync(root).isFile()) return [root];
  const entries = await readdir(root, { recursive: true });
  return entries
    .filter((entry) => testName.test(entry) && !entry.split(sep).includes('node_modules'))
    .toSorted()
    .map((entry) => join(root, entry));
}
