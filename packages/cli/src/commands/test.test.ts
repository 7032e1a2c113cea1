import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';
import { groupTests } from '../testing/group-tests.js';

const vitestFolder = fileURLToPath(new URL('../../../../node_modules/vitest', import.meta.url));

/** A project that has vitest among its development dependencies, and tests for both runners. */
function writeProject(terminal: TestTerminal, { isInstalled }: { isInstalled: boolean }): void {
  terminal.environment['PATH'] = process.env['PATH'];
  terminal.write('package.json', '{ "type": "module", "devDependencies": { "vitest": "4.1.12" } }');
  const test = (module: string, name: string) =>
    `import { test } from '${module}';\ntest('is ${name}', (): void => console.log('ran ${name}'));\n`;
  terminal.write('builders/a/generate.test.ts', test('vitest', 'of vitest'));
  terminal.write('blocks/b/block.test.mjs', test('node:test', 'of node').replace(': void', ''));
  if (!isInstalled) return;
  mkdirSync(join(terminal.workingFolder, 'node_modules'));
  symlinkSync(vitestFolder, join(terminal.workingFolder, 'node_modules/vitest'));
}

describe('dgt test', () => {
  it("runs the tests that are written for the project's vitest with that", { timeout: 60_000 }, async () => {
    using terminal = new TestTerminal();
    writeProject(terminal, { isInstalled: true });
    const { code, stdout } = await terminal.run('test', 'builders');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('ran of vitest') });
    terminal.write('builders/a/generate.test.ts', `import { test } from 'vitest';\ntest('is', () => { throw 1; });\n`);
    expect((await terminal.run('test', 'builders')).code).toBe(1);
  });

  it('leaves those that are written for Node to Node', () => {
    using terminal = new TestTerminal();
    writeProject(terminal, { isInstalled: true });
    const { workingFolder } = terminal;
    const files = ['builders/a/generate.test.ts', 'blocks/b/block.test.mjs'].map((file) => join(workingFolder, file));
    const group = () =>
      groupTests(files, workingFolder, 'hooks').map(({ program, files: own }) => [program.at(-1), own]);
    expect(group()).toEqual([
      ['--test-reporter=spec', [files[1]]],
      ['run', [files[0]]],
    ]);
    terminal.write('package.json', '{}');
    expect(group()).toEqual([['--test-reporter=spec', files]]);
  });

  it('says what to install where the project names vitest and does not have it', async () => {
    using terminal = new TestTerminal();
    writeProject(terminal, { isInstalled: false });
    const { code, stderr } = await terminal.run('test', 'builders');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('vitest installed (`npm install`)') });
  });
});
