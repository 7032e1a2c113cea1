import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Module hooks are Node's own: they are tested in a child process, on the compiled package.
const distFolder = fileURLToPath(new URL('../../dist', import.meta.url));

const task = `
import { dataPoint, GenerationTask, Type } from '@dgt/core';
export class Pair extends dataPoint({ question: Type.String() }) {}
export class PairTask extends GenerationTask.of({ input: Pair }) {}
`;

const generate = (name: string, extra = '') => `
import { GenerationDataBuilder, LMProvider, registerDataBuilder, type Attempt } from '@dgt/core';
import { Pair, PairTask } from './task.js';
${extra}
@registerDataBuilder('${name}')
export class Builder extends GenerationDataBuilder.of({ task: PairTask, blocks: { generator: LMProvider } }) {
  async *generate(seeds: readonly Pair[], ctx: Attempt) {
    interface Erased { first: string;
      second: string }
    throw new TypeError('no such seed');
  }
}
`;

interface Outcome {
  name: string;
  error?: { code: string; file: string; reason: string };
  isRegistered?: boolean;
  thrown?: { file: string; line: number; column: number; excerpt: string };
}

let outside: string;

beforeAll(async () => {
  if (!existsSync(join(distFolder, 'loader/load-module.js'))) {
    throw new Error('packages/runner/dist is missing: run `npm run build` before this test');
  }
  outside = await realpath(await mkdtemp(join(tmpdir(), 'dgt-loader-')));
});

afterAll(async () => {
  await rm(outside, { recursive: true, force: true });
});

/** Writes builders into an empty folder outside of the repository and loads them in one child process. */
async function loadAll(builders: Record<string, Record<string, string>>): Promise<Outcome[]> {
  for (const [name, files] of Object.entries(builders)) {
    for (const [path, text] of Object.entries({ 'task.ts': task, ...files })) {
      const file = join(outside, name, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
  const script = `
    const { createModuleLoader } = await import(${JSON.stringify(join(distFolder, 'loader/load-module.js'))});
    const { findAuthorPosition } = await import(${JSON.stringify(join(distFolder, 'loader/author-position.js'))});
    const { dataBuilders } = await import(${JSON.stringify(join(distFolder, '../../core/dist/index.js'))});
    const load = await createModuleLoader({ roots: [${JSON.stringify(outside)}] });
    const outcomes = [];
    for (const name of ${JSON.stringify(Object.keys(builders))}) {
      const folder = ${JSON.stringify(outside)} + '/' + name;
      try {
        await load({ builder: name, file: folder + '/generate.ts', folder });
        const builder = dataBuilders.find(name);
        const outcome = { name, isRegistered: builder !== undefined };
        try { for await (const _ of new builder({}).generate([], {})); } catch (error) { outcome.thrown = findAuthorPosition(error, folder); }
        outcomes.push(outcome);
      } catch (error) { outcomes.push({ name, error: { code: error.code, ...error.details } }); }
    }
    process.stdout.write(JSON.stringify(outcomes).replaceAll(${JSON.stringify(outside)}, ''));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: outside,
  });
  return JSON.parse(stdout) as Outcome[];
}

describe('loading the TypeScript of a data builder', () => {
  it('works in a folder without package.json and shares the one instance of @dgt/core, however neighbours are written', async () => {
    const same = `import { Pair as A } from './task';\nimport { Pair as B } from './task.ts';\nif (A !== Pair || B !== Pair) throw new Error('copies');`;
    const [outcome] = await loadAll({ plain: { 'generate.ts': generate('plain', same) } });
    expect(outcome).toMatchObject({ isRegistered: true });
  });

  it('gives the line and column of an exception as the author wrote them', async () => {
    const [outcome] = await loadAll({ throwing: { 'generate.ts': generate('throwing') } });
    expect(outcome?.thrown).toMatchInlineSnapshot(`
      {
        "column": 11,
        "excerpt": "  10 |     throw new TypeError('no such seed');
           |           ^",
        "file": "/throwing/generate.ts",
        "line": 10,
      }
    `);
  });

  it("prefers dgt's own @dgt/core to a copy in the author's node_modules, and falls back for packages that dgt has not", async () => {
    const core = {
      'package.json': '{"name":"@dgt/core","type":"module","exports":"./index.js"}',
      'index.js': 'throw new Error("copy");',
    };
    const extra = {
      'package.json': '{"name":"@dgt/extra","type":"module","exports":"./index.js"}',
      'index.js': 'export const extra = 1;',
    };
    const common = { 'package.json': '{"name":"old"}', 'index.js': 'exports.old = require("node:path").sep;' };
    const modules = Object.entries({ '@dgt/core': core, '@dgt/extra': extra, old: common }).flatMap(([name, files]) =>
      Object.entries(files).map(([file, text]) => [`node_modules/${name}/${file}`, text]),
    );
    const [outcome] = await loadAll({
      owner: {
        ...Object.fromEntries(modules),
        'generate.ts': generate(
          'owner',
          `import { extra } from '@dgt/extra';\nimport old from 'old';\nif (extra !== 1 || old.old !== '/') throw 1;`,
        ),
      },
    });
    expect(outcome).toMatchObject({ isRegistered: true });
  });

  it('treats files as ES modules whatever package.json says, and finds them through links', async () => {
    const files = {
      'package.json': '{"type":"commonjs"}',
      'helper.js': 'export const answer = 42;',
      'generate.ts': generate('commonjs', `import { answer } from './helper.js';\nif (answer !== 42) throw 1;`),
    };
    await mkdir(join(outside, 'real'), { recursive: true });
    await symlink(join(outside, 'real'), join(outside, 'linked'));
    const outcomes = await loadAll({ commonjs: files, linked: { 'generate.ts': generate('linked') } });
    expect(outcomes.map(({ isRegistered }) => isRegistered)).toEqual([true, true]);
  });

  it('takes TypeScript for ES modules wherever it lies, and leaves JavaScript outside of its folders to Node', async () => {
    const files = {
      'rollout.ts': `import { ConfigError } from '@dgt/core';\nimport { x } from './helper';\nimport old from './old.js';
        export default (): string => x + old.sep + ConfigError.name;`,
      'helper.ts': 'export const x: string = "x";',
      'old.js': 'exports.sep = require("node:path").sep;',
    };
    const beside = await realpath(await mkdtemp(join(tmpdir(), 'dgt-beside-')));
    for (const [name, text] of Object.entries(files)) await writeFile(join(beside, name), text);
    const check = `const { default: f } = await import('${beside}/rollout.ts');\nif (f() !== 'x/ConfigError') throw f();`;
    const [outcome] = await loadAll({ beside: { 'generate.ts': generate('beside', check) } });
    await rm(beside, { recursive: true });
    expect(outcome).toMatchObject({ isRegistered: true });
  });

  it('tells where a module does not compile, what it misses, and what it throws', async () => {
    const outcomes = await loadAll({
      syntax: { 'generate.ts': "import { Pair } from './task.js';\nconst pair = = 1;\n" },
      nearby: {
        'generate.ts': "import { Pair } from './task.js';\nimport './broken.js';\n",
        'broken.ts': 'export const a = {;\n',
      },
      package: {
        'generate.ts':
          "import { Pair } from './task.js';\nimport { z } from 'not-installed';\nexport const a = z(Pair);\n",
      },
      file: { 'generate.ts': "\n\nimport { prompt } from './promt.js';\nexport const a = prompt;\n" },
      export: { 'generate.ts': "import {\n  Par } from './task.js';\nexport const a = new Par();\n" },
      throws: { 'generate.ts': "import './task.js';\ninterface A {\n  b: string }\nJSON.parse('{');\n" },
      twice: {
        'generate.ts':
          "import { registerDataBuilder } from '@dgt/core';\n@registerDataBuilder('same')\nclass A {}\n@registerDataBuilder('same')\nclass B {}\n",
      },
      value: { 'generate.ts': "throw 'no reason';\n" },
    });
    const shown = outcomes.map(
      ({ name, error }) =>
        `${name}: ${error?.code} ${error?.file}\n${error?.reason.replaceAll(/position.*/g, 'position')}`,
    );
    expect(shown.join('\n\n')).toMatchInlineSnapshot(`
      "syntax: DGT_BUILDER_LOAD /syntax/generate.ts:2:14
      Unexpected "="
        2 | const pair = = 1;
          |              ^

      nearby: DGT_BUILDER_LOAD /nearby/broken.ts:1:19
      Expected identifier but found ";"
        1 | export const a = {;
          |                   ^

      package: DGT_BUILDER_LOAD /package/generate.ts:2:20
      Cannot find package 'not-installed' imported from /package/generate.ts; to add it: npm install not-installed
        2 | import { z } from 'not-installed';
          |                    ^

      file: DGT_BUILDER_LOAD /file/generate.ts:3:27
      Cannot find module '/file/promt.js' imported from /file/generate.ts
        3 | import { prompt } from './promt.js';
          |                           ^

      export: DGT_BUILDER_LOAD /export/generate.ts:2:15
      The requested module './task.js' does not provide an export named 'Par'
        2 |   Par } from './task.js';
          |               ^

      throws: DGT_BUILDER_LOAD /throws/generate.ts:4:6
      SyntaxError: Expected property name or '}' in JSON at position
        4 | JSON.parse('{');
          |      ^

      twice: DGT_BUILDER_LOAD /twice/generate.ts:5:1
      data builder "same" is registered twice: at /twice/generate.ts:2 and at /twice/generate.ts:4
        5 | class B {}
          | ^

      value: DGT_BUILDER_LOAD /value/generate.ts
      threw no reason"
    `);
  });
});
