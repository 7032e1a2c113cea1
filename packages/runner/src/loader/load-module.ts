import { readFileSync, realpathSync } from 'node:fs';
import { register } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PluginError } from '@dgt/core';
import { coverRoots } from './author-roots.js';
import { describeLoadError } from './load-error.js';

/** The module of a data builder. */
export interface ModuleRequest {
  /** The name of the builder, for errors. */
  readonly builder: string;
  /** Its `generate.ts`. */
  readonly file: string;
  /** Its folder. */
  readonly folder: string;
}

/** Imports the module of a data builder, which registers its class. */
export type LoadModule = (request: ModuleRequest) => Promise<void>;

/** What {@link register} hands to the hooks, which live in a thread of their own. */
export interface HookData {
  /** URLs of folders, each with a slash at its end. */
  readonly roots: readonly string[];
  /** URLs of modules from which `@dgt/*` is resolved, the first that finds it wins. */
  readonly hosts: readonly string[];
}

/** A module of a plug-in package, or of the user's own project, that registers something. */
export interface PlugInModule {
  /** What it is, for errors, such as `plug-in dgt-towns, dgt.blocks.shout`. */
  readonly what: string;
  readonly file: string;
  /** The folder of the package. */
  readonly folder: string;
  /** As in {@link createModuleLoader}. */
  readonly hostUrl?: string | undefined;
}

let isTypeScriptReady = false;

/**
 * Makes Node import an author's TypeScript as it stands, from any folder: no build step, no package.json and no
 * node_modules needed. Files below the given roots are ES modules whatever their package.json says, and `@dgt/*` is dgt's own
 * copy for them, so that a decorator registers with the registry that dgt looks into.
 *
 * The hooks are installed with the first call and stay for the life of the process.
 */
export async function createModuleLoader(options: {
  /** Folders that hold data builders, or their YAML files. */
  roots: readonly string[];
  /** `import.meta.url` of a module that can import every package of dgt. @defaultValue this package */
  hostUrl?: string | undefined;
}): Promise<LoadModule> {
  const folders = options.roots.map((root) => (/\.ya?ml$/i.test(root) ? dirname(root) : root)).filter(exists);
  await installHooks(folders.map(toFolderUrl), options.hostUrl);
  return importModule;
}

/**
 * Imports a module of a plug-in, or another one of the user, TypeScript or JavaScript, with dgt's own copy of `@dgt/*`.
 *
 * @returns what it exports.
 * @throws {@link PluginError} DGT_PLUG_IN_LOAD
 */
export async function importPlugIn({
  what,
  file,
  folder,
  hostUrl,
}: PlugInModule): Promise<Readonly<Record<string, unknown>>> {
  const fail = (place: string, reason: string, details: object = {}, options: ErrorOptions = {}) =>
    new PluginError('DGT_PLUG_IN_LOAD', { what, file: place, reason, ...details }, options);
  if (!exists(file)) throw fail(file, 'no such file');
  await installHooks([toFolderUrl(folder)], hostUrl);
  try {
    return (await import(pathToFileURL(realpathSync(file)).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const { reason, position, file: failing } = describeLoadError(error, { file, folder: realpathSync(folder) });
    const place = position === undefined ? failing : `${failing}:${position.line}:${position.column}`;
    throw fail(place, reason, { source: failing, ...position }, { cause: error });
  }
}

async function importModule({ builder, file, folder }: ModuleRequest): Promise<void> {
  await installHooks([toFolderUrl(folder)]);
  try {
    await import(pathToFileURL(realpathSync(file)).href);
  } catch (error) {
    const { reason, position, file: failing } = describeLoadError(error, { file, folder });
    const place = position === undefined ? failing : `${failing}:${position.line}:${position.column}`;
    throw new PluginError(
      'DGT_BUILDER_LOAD',
      { builder, file: place, reason, source: failing, ...position },
      { cause: error },
    );
  }
}

async function installHooks(roots: readonly string[], hostUrl?: string): Promise<void> {
  const fresh = coverRoots(roots);
  // Run from source, as in tests, the one who runs the source resolves TypeScript itself.
  if (import.meta.url.endsWith('.ts') || fresh.length === 0) return;
  if (!isTypeScriptReady) {
    isTypeScriptReady = true;
    const { register: registerTypeScript } = await import('tsx/esm/api');
    // A tsconfig.json that happens to lie in the working folder must not change what a builder does.
    registerTypeScript({ tsconfig: false });
    process.setSourceMapsEnabled(true);
  }
  const hosts = [hostUrl, import.meta.url].filter((url) => url !== undefined);
  // Hooks registered last are asked first: ours come before those of tsx.
  register('./resolve-hook.js', import.meta.url, { data: { roots: fresh, hosts } satisfies HookData });
}

function toFolderUrl(folder: string): string {
  return `${pathToFileURL(findPlugInFolder(realpathSync(folder))).href}/`;
}

/** The folder of the plug-in package that a folder belongs to: what it imports lies beside it. Otherwise the folder itself. */
function findPlugInFolder(folder: string): string {
  for (let above = folder; above !== dirname(above); above = dirname(above)) {
    const manifest = join(above, 'package.json');
    if (exists(manifest)) return /"dgt"\s*:\s*\{/.test(readFileSync(manifest, 'utf8')) ? above : folder;
  }
  return folder;
}

function exists(path: string): boolean {
  try {
    return realpathSync(path) !== '';
  } catch {
    return false;
  }
}
