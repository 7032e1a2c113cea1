import { ConfigError } from '@dgt/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findAbove } from '../find-above.js';
import { inspectProject } from '../scaffold/project.js';

/** Files of tests and the program that runs them: arguments of Node. */
export interface TestGroup {
  readonly program: readonly string[];
  readonly files: readonly string[];
}

const vitest = join('node_modules', 'vitest', 'vitest.mjs');

/**
 * Groups tests by what runs them: in a project that has vitest, those that do not import Node's own `test` are vitest's, and
 * can be run by nothing else.
 *
 * @throws {@link ConfigError} DGT_OPTION_INVALID when vitest is wanted and not installed.
 */
export function groupTests(files: readonly string[], workingFolder: string, hooks: string): TestGroup[] {
  const { testModule } = inspectProject(workingFolder);
  const isOfNode = (file: string) => testModule !== 'vitest' || /["']node:test["']/.test(readFileSync(file, 'utf8'));
  const own = files.filter(isOfNode);
  const others = files.filter((file) => !own.includes(file));
  return [
    { program: [`--import=${hooks}`, '--test', '--test-reporter=spec'], files: own },
    { program: others.length === 0 ? [] : [findVitest(workingFolder, others), 'run'], files: others },
  ].filter((group) => group.files.length > 0);
}

function findVitest(workingFolder: string, files: readonly string[]): string {
  const folder = findAbove(workingFolder, vitest);
  if (folder !== undefined) return join(folder, vitest);
  const expected = 'tests of Node, or vitest installed (`npm install`), which the package.json names';
  throw new ConfigError('DGT_OPTION_INVALID', { option: 'PATHS', expected, value: files.join(', ') });
}
