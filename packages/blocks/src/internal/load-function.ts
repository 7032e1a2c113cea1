import { ConfigError, locateFile, suggestNearest, type BlockServices } from '@dgt/core';
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** A function of the user, named in the configuration of a block. */
export interface FunctionSource extends Pick<BlockServices, 'baseFolder' | 'workingFolder'> {
  /** The block that names it. */
  readonly block: string;
  /** A path of a module, or the name of a package. */
  readonly module: string;
  readonly exportName: string;
}

/** The file of a module that is named by its path, which may leave out a leading `./` where it is there; undefined for a package. */
export function locateModule({ module, ...folders }: FunctionSource): string | undefined {
  const file = locateFile(module, folders);
  const isPath = /^(?:\.{0,2}\/|[A-Za-z]:[\\/])/.test(module);
  return isPath || statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;
}

/**
 * Imports a function of the user.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG when the module cannot be imported, or has no such function.
 */
export async function loadFunction(source: FunctionSource): Promise<(...args: readonly unknown[]) => unknown> {
  const { block, module, exportName } = source;
  const file = locateModule(source);
  const fail = (problem: string, cause?: unknown) =>
    new ConfigError('DGT_BLOCK_CONFIG', { block, problems: `module: ${module} ${problem}` }, { cause });
  let loaded: Record<string, unknown>;
  try {
    loaded = (await import(file === undefined ? module : pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw fail(`cannot be imported: ${describe(error, module)}`, error);
  }
  const found = loaded[exportName];
  if (typeof found === 'function') return found as (...args: readonly unknown[]) => unknown;
  const functions = Object.keys(loaded)
    .filter((key) => typeof loaded[key] === 'function')
    .sort();
  const exported = functions.length === 0 ? 'no functions' : functions.join(', ');
  throw fail(`exports no function "${exportName}"${suggestNearest(exportName, functions)}; it exports: ${exported}`);
}

function describe(error: unknown, module: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  // What Node says of a module in a folder that no package.json makes one of ES modules.
  const isTakenForCommonJs =
    code === 'ERR_REQUIRE_CYCLE_MODULE' || /^(?:Unexpected token 'export'|Cannot use import)/.test(error.message);
  if (!isTakenForCommonJs || !module.endsWith('.js')) return error.message;
  const renamed = module.replace(/js$/, 'mjs');
  return `Node does not take it for an ES module; call it ${renamed}, or put it into the folder of the data builder`;
}
