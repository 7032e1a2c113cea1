import { version } from '@dgt/runner';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { findAbove } from '../find-above.js';
import { fillTemplate, type PlannedFile } from './planned-file.js';

/** What stands around the files that are to be written. */
export interface Surroundings {
  /** Files of a project that are missing: none where a folder above has them. */
  readonly missing: readonly PlannedFile[];
  /** Whether the project's packages have to be installed before an editor knows the types. */
  readonly isNew: boolean;
  /** The module that tests are written for: vitest where the project has it, otherwise Node's own. */
  readonly testModule: 'vitest' | 'node:test';
  /** The folder that has `node_modules`. */
  readonly root: string;
}

/**
 * Looks at the project that a folder belongs to: that of the nearest package.json.
 *
 * @param isOwn the folder is to be a project of its own, whatever stands above it.
 */
export function inspectProject(workingFolder: string, { isOwn = false }: { isOwn?: boolean } = {}): Surroundings {
  const root = isOwn ? workingFolder : findAbove(workingFolder, 'package.json');
  const manifest = root === undefined ? undefined : readManifest(join(root, 'package.json'));
  const hasConfig = !isOwn && findAbove(workingFolder, 'tsconfig.json') !== undefined;
  const missing: PlannedFile[] = [];
  if (manifest === undefined) {
    missing.push({ path: 'package.json', text: describePackage(workingFolder) });
    if (!existsSync(join(workingFolder, '.gitignore')))
      missing.push({ path: '.gitignore', text: fillTemplate('project/gitignore', {}) });
  }
  if (!hasConfig && !existsSync(join(workingFolder, 'tsconfig.json')))
    missing.push({ path: 'tsconfig.json', text: fillTemplate('project/tsconfig.json', {}) });
  return {
    missing,
    isNew: manifest === undefined,
    testModule: manifest !== undefined && hasVitest(manifest) ? 'vitest' : 'node:test',
    root: root ?? workingFolder,
  };
}

/** Where the JSON schemas of dgt's YAML are, as a file in the given folder (from the working folder) refers to them. */
export function locateSchemas(folder: string, { root }: Surroundings, workingFolder: string): string {
  const from = join(workingFolder, folder);
  return relative(from, join(root, 'node_modules/@dgt/cli/schemas')).split(sep).join('/');
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function describePackage(folder: string): string {
  const range = `^${version}`;
  const manifest = {
    name:
      basename(folder)
        .toLowerCase()
        .replaceAll(/[^a-z0-9-]+/g, '-')
        .replaceAll(/^-+|-+$/g, '') || 'my-data',
    private: true,
    type: 'module',
    scripts: { test: 'dgt test' },
    dependencies: { '@dgt/cli': range, '@dgt/core': range },
    devDependencies: { '@dgt/testkit': range, '@types/node': '^20.19.43' },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function hasVitest({ dependencies = {}, devDependencies = {} }: Manifest): boolean {
  return 'vitest' in devDependencies || 'vitest' in dependencies;
}

function readManifest(file: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // Whatever is wrong with it, it is there: npm says what.
    return {};
  }
}
