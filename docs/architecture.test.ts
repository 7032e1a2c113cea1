import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument, repository } from './documents.js';

/** Paths between backticks that begin at a folder of the repository. */
function pathsIn(document: string): string[] {
  return [...document.matchAll(/`((?:packages|builders|tasks|docs|bench)\/[\w./-]+)`/g)].map(([, path = '']) => path);
}

const isHere = (path: string) => existsSync(join(repository, path));

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

describe('docs/architecture.md', () => {
  const page = readDocument('docs/architecture.md');

  it('names only places that there are', () => {
    const short = [...page.matchAll(/`(runner\/src\/[\w-]+)`/g)].map(([, path = '']) => `packages/${path}`);
    expect([...pathsIn(page), ...short].filter((path) => !isHere(path))).toEqual([]);
    expect(short.length).toBeGreaterThan(3);
  });

  it('lists every package, with what it imports', () => {
    const folders = readdirSync(join(repository, 'packages')).map((name) => `packages/${name}`);
    const packages = [...folders, 'builders/core'].filter((path) => isHere(`${path}/package.json`));
    const rows = [...page.matchAll(/^\| ((?:`[\w/-]+`(?:, )?)+) \| .* \| ?(.*?) ?\|$/gm)];
    const listed = new Map(
      rows.flatMap(([, names = '', imports = '']) => pathsIn(names).map((path) => [path, imports] as const)),
    );
    for (const path of packages.filter((path) => path !== 'packages/absent-binary')) {
      const imports = listed.get(path);
      expect({ path, isListed: imports !== undefined }).toEqual({ path, isListed: true });
      const { dependencies = {} } = JSON.parse(
        readFileSync(join(repository, path, 'package.json'), 'utf8'),
      ) as Manifest;
      const needed = Object.keys(dependencies).flatMap((name) => /^@dgt\/(.*)$/.exec(name)?.[1] ?? []);
      const said = imports === 'all of them' ? needed : (imports ?? '').split(', ');
      expect({ path, unsaid: needed.filter((name) => !said.includes(name)) }).toEqual({ path, unsaid: [] });
    }
  });
});

describe('AGENTS.md', () => {
  const page = readDocument('AGENTS.md');

  it('names every package, and only places that there are', () => {
    const map = /```\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const named = map.split('\n').flatMap((line) => /^(packages\/[\w-]+|builders\/\w+)/.exec(line)?.[1] ?? []);
    const folders = readdirSync(join(repository, 'packages')).filter((name) => isHere(`packages/${name}/package.json`));
    expect(named.filter((path) => path.startsWith('packages/')).toSorted()).toEqual(
      folders
        .filter((name) => name !== 'absent-binary')
        .map((name) => `packages/${name}`)
        .toSorted(),
    );
    expect([...named, ...pathsIn(page)].filter((path) => !isHere(path))).toEqual([]);
  });
});

describe('the documents', () => {
  const pages = ['README.md', 'AGENTS.md', ...listPages('docs')];

  it('link only to pages and sections that there are', () => {
    const broken = pages.flatMap((page) =>
      [...readDocument(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)/g)].flatMap(
        ([link, path = '', section]) => {
          const target = path === '' ? page : join(dirname(page), path);
          if (!isHere(target)) return [`${page}: ${link}`];
          return section === undefined || anchorsOf(target).has(section) ? [] : [`${page}: ${link}`];
        },
      ),
    );
    expect(broken).toEqual([]);
  });

  it('are all found from the README', () => {
    const reached = new Set<string>();
    const visit = (page: string) => {
      if (reached.has(page)) return;
      reached.add(page);
      if (!page.endsWith('.md')) return void pages.filter((inside) => dirname(inside) === page).forEach(visit);
      for (const [, path = ''] of readDocument(page).matchAll(/\]\((?!https?:)([^)#\s]+)/g))
        visit(join(dirname(page), path));
    };
    visit('README.md');
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });
});

function listPages(folder: string): string[] {
  const entries = readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' });
  return entries.filter((entry) => entry.endsWith('.md')).map((entry) => join(folder, entry));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const headings = readDocument(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, text = '']) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
