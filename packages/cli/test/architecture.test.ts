import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const packagesFolder = new URL('../../', import.meta.url).pathname;

/** What each package may import of the others: declaration <- engine <- interface. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  llm: ['core'],
  'llama-cpp': ['core', 'llm'],
  'geo-micro': [],
  blocks: ['core', 'llm'],
  stores: ['core'],
  runner: ['core', 'stores'],
  compat: ['core', 'runner', 'stores'],
  cli: ['core', 'llm', 'llama-cpp', 'geo-micro', 'blocks', 'builders', 'stores', 'runner', 'compat', 'testkit'],
  'create-dgt': ['cli'],
  testkit: ['core', 'llm'],
};

const packages = readdirSync(packagesFolder).filter((name) => name in arrows);

interface Manifest {
  dependencies?: Record<string, string>;
  exports: Record<string, { default?: string; '@dgt/source'?: string } | string>;
}

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(packagesFolder, name, 'package.json'), 'utf8')) as Manifest;
}

function listSources(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file) && !file.includes('__fixtures__'))
    .map((file) => join(folder, file));
}

/** Names of packages that a file imports, without their subpaths. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = [...text.matchAll(/(?:from |import |import\()\s*'(@?[^'./\n][^'\n]*)'/g)].map(([, name = '']) => name);
  return found
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

describe('the packages', () => {
  it('are all known to the picture of the architecture', () => {
    const found = readdirSync(packagesFolder).filter((name) => existsSync(join(packagesFolder, name, 'package.json')));
    expect(found.filter((name) => !(name in arrows) && name !== 'absent-binary')).toEqual([]);
  });

  it.each(packages)('%s depends only on what lies below it', (name) => {
    const siblings = Object.keys(readManifest(name).dependencies ?? {}).filter((dependency) =>
      dependency.startsWith('@dgt/'),
    );
    expect(
      siblings.map((dependency) => dependency.slice(5)).filter((sibling) => !arrows[name]?.includes(sibling)),
    ).toEqual([]);
  });

  it.each(packages)('%s imports only what its manifest declares', (name) => {
    const declared = new Set([...Object.keys(readManifest(name).dependencies ?? {}), `@dgt/${name}`]);
    const undeclared = listSources(join(packagesFolder, name, 'src')).flatMap((file) =>
      importsOf(file)
        .filter((imported) => !declared.has(imported))
        .map((imported) => `${file}: ${imported}`),
    );
    expect(undeclared).toEqual([]);
  });

  it('load the container only where it belongs', () => {
    const users = packages.flatMap((name) =>
      listSources(join(packagesFolder, name, 'src')).filter((file) =>
        /'(tsyringe|reflect-metadata|@dgt\/core\/container)'/.test(readFileSync(file, 'utf8')),
      ),
    );
    expect(users.map((file) => file.slice(packagesFolder.length)).sort()).toEqual([
      'core/src/container.ts',
      'runner/src/run/run-services.ts',
    ]);
  });

  it.each(packages)('%s exports only files that exist in its source', (name) => {
    const targets = Object.values(readManifest(name).exports).flatMap((target) =>
      typeof target === 'string' ? target : (target['@dgt/source'] ?? []),
    );
    expect(targets.filter((target) => !existsSync(join(packagesFolder, name, target)))).toEqual([]);
  });

  it('hold no grab-bags and no file beyond 400 lines', () => {
    const sources = packages.flatMap((name) => listSources(join(packagesFolder, name, 'src')));
    const grabBag = /\/(utils?|helpers?|types|constants|misc|common)\.ts$/;
    expect(sources.filter((file) => grabBag.test(file) || readFileSync(file, 'utf8').split('\n').length > 400)).toEqual(
      [],
    );
  });
});
