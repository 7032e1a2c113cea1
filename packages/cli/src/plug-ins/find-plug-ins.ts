import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findAbove } from '../find-above.js';
import { readPlugIn, type PlugIn } from './plug-in-manifest.js';

const dependencyFields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/**
 * The plug-ins of a folder: the package that it belongs to, for those who write one, and that package's direct dependencies,
 * each if its package.json has a `dgt` field. Reads package.json files and imports nothing.
 *
 * @throws {@link PluginError} DGT_PLUG_IN_INVALID
 */
export function findPlugIns(workingFolder: string): PlugIn[] {
  const root = findAbove(workingFolder, 'package.json');
  if (root === undefined) return [];
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  const manifest = parse(text);
  if (manifest === undefined) return [];
  const names = dependencyFields.flatMap((field) => Object.keys(manifest[field] ?? {}));
  const plugIns = [...new Set(names)].toSorted().map((name) => readDependency(name, root));
  return [readPlugIn(root, text), ...plugIns].filter((plugIn) => plugIn !== undefined);
}

type ProjectManifest = Readonly<Partial<Record<(typeof dependencyFields)[number], Readonly<Record<string, string>>>>>;

/** A package.json that npm cannot read either is npm's to complain of. */
function parse(text: string): ProjectManifest | undefined {
  try {
    return JSON.parse(text) as ProjectManifest;
  } catch {
    return undefined;
  }
}

/** A package as Node finds it from a folder; one that is not installed is nobody's plug-in. */
function readDependency(name: string, from: string): PlugIn | undefined {
  const folder = join(from, 'node_modules', name);
  let text: string;
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8');
  } catch {
    return dirname(from) === from ? undefined : readDependency(name, dirname(from));
  }
  return text.includes('"dgt"') ? readPlugIn(folder, text) : undefined;
}
