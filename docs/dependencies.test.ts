import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument, repository } from './documents.js';

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

function readManifest(path: string): Manifest {
  return JSON.parse(readDocument(path)) as Manifest;
}

/** Names in the first column of a table. */
function listed(section: string): string[] {
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    .sort();
}

describe('docs/dependencies.md', () => {
  const [runTime = '', development = ''] = readDocument('docs/dependencies.md').split('## ').slice(1);

  it('names every package that is needed at run time, and no other', () => {
    const packages = readdirSync(join(repository, 'packages'));
    const needed = packages.flatMap((name) =>
      Object.keys(readManifest(`packages/${name}/package.json`).dependencies ?? {}),
    );
    expect(listed(runTime)).toEqual([...new Set(needed.filter((name) => !name.startsWith('@dgt/')))].sort());
  });

  it('names every package that is needed to work on dgt, and no other', () => {
    expect(listed(development)).toEqual(Object.keys(readManifest('package.json').devDependencies ?? {}).sort());
  });
});
