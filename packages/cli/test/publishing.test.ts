import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstalledProject, Tarballs } from './packed.js';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly types?: string } | string>>;
}

/** How a project of its users may look up the types of a package. CommonJS is left out: these packages are ES modules. */
const resolutions = {
  node: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

describe('the packages as they are published', { timeout: 120_000 }, () => {
  let tarballs: Tarballs;
  let project: InstalledProject;
  let entries: string[];

  beforeAll(async () => {
    tarballs = await Tarballs.ofRepository();
    project = await new InstalledProject().install(tarballs);
    entries = project.installed.flatMap((name) => {
      const { exports } = JSON.parse(project.read(`node_modules/${name}/package.json`)) as Manifest;
      const typed = Object.entries(exports).filter(
        ([, target]) => typeof target !== 'string' && target.types !== undefined,
      );
      return typed.map(([path]) => name + path.slice(1));
    });
  }, 120_000);

  afterAll(() => {
    project[Symbol.dispose]();
    tarballs[Symbol.dispose]();
  });

  it('have nothing that publint finds fault with', async () => {
    expect(tarballs.files.length).toBeGreaterThan(8);
    for (const file of tarballs.files) {
      const bytes = readFileSync(file);
      const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
      expect([basename(file), messages.map((message) => formatMessage(message, pkg))]).toEqual([basename(file), []]);
    }
  });

  it.each(Object.entries(resolutions))(
    'have types that a project finds, complete, by the rules of %s',
    (_rules, options) => {
      expect(entries).toEqual(expect.arrayContaining(['@dgt/core', '@dgt/blocks/dedup', '@dgt/cli', '@dgt/testkit']));
      const program = checkEntries(project, entries, options);
      const own = (file: string | undefined) => file !== undefined && /consumer\.mts$|node_modules\/@dgt\//.test(file);
      const wrong = ts.getPreEmitDiagnostics(program).filter(({ file }) => own(file?.fileName));
      expect(
        wrong.map(
          ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
        ),
      ).toEqual([]);
    },
  );

  it('make a project with create-dgt, in which its data builder runs', async () => {
    const made = await project.command('create-dgt', ['my-data']);
    expect(made).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('cd my-data && npm install') });
    const { code, stderr } = await project.command('dgt', ['run', 'tasks/my-data'], 'my-data');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(project.rows('my-data/output/my-data/final_data.jsonl')).toHaveLength(20);
  });

  it('export at run time the values that their types promise, and no others', () => {
    const program = checkEntries(project, entries, resolutions.node);
    const checker = program.getTypeChecker();
    const consumer = program.getSourceFile(join(project.folder, 'consumer.mts'));
    const promised = consumer?.statements.filter(ts.isImportDeclaration).map(({ moduleSpecifier }) => {
      const symbol = checker.getSymbolAtLocation(moduleSpecifier);
      const exported = symbol === undefined ? [] : checker.getExportsOfModule(symbol);
      const isValue = (name: ts.Symbol) => (resolveAlias(name, checker).flags & ts.SymbolFlags.Value) !== 0;
      return [
        (moduleSpecifier as ts.StringLiteral).text,
        exported
          .filter(isValue)
          .map(({ name }) => name)
          .toSorted(),
      ];
    });
    expect(Object.fromEntries(promised ?? [])).toEqual(importAll(project, entries));
  });
});

/** A program that imports every entry of every package, the declarations of packages checked too. */
function checkEntries(project: InstalledProject, entries: readonly string[], options: ts.CompilerOptions): ts.Program {
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}';`);
  const uses = entries.map((_, index) => `void entry${index};`);
  project.write('consumer.mts', [...imports, ...uses].join('\n'));
  return ts.createProgram([join(project.folder, 'consumer.mts')], {
    ...options,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    typeRoots: [join(import.meta.dirname, '../../../node_modules/@types')],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  });
}

function resolveAlias(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

/** What each entry really exports: imported by Node in the project's folder. */
function importAll(project: InstalledProject, entries: readonly string[]): Record<string, string[]> {
  project.write(
    'names.mjs',
    `const names = {};
    for (const entry of ${JSON.stringify(entries)}) names[entry] = Object.keys(await import(entry)).sort();
    console.log(JSON.stringify(names));`,
  );
  const { PATH = '' } = process.env;
  const options = { cwd: project.folder, encoding: 'utf8', env: { PATH } } as const;
  return JSON.parse(execFileSync(process.execPath, ['names.mjs'], options)) as Record<string, string[]>;
}
