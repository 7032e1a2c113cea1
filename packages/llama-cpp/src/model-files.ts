import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ConfigError, locateFile } from '@dgt/core';

/** A model file that was found, before anything is loaded. */
export interface ModelFile {
  /** Absolute. */
  readonly path: string;
  /** @unit bytes */
  readonly size: number;
  /** The name of a bundled model; undefined for a file that the user named. */
  readonly bundled: string | undefined;
}

/** Models that come as packages: the name that `model_id_or_path` takes, the package, and the file in it. */
const bundledModels: Readonly<Record<string, { readonly packageName: string; readonly file: string }>> = {
  'dgt-geo-micro': { packageName: '@dgt/geo-micro', file: 'dgt-geo-micro.gguf' },
};

/**
 * Finds the file of a model: a path to a `.gguf` file, absolute or see {@link locateFile}, or a bundled name.
 *
 * @throws {@link ConfigError} DGT_MODEL_FILE_MISSING when nothing is found, DGT_MODEL_FILE_INVALID when it is no GGUF file.
 */
export function findModelFile(model: string, baseFolder: string, workingFolder: string = baseFolder): ModelFile {
  const path = locateFile(model, { baseFolder, workingFolder });
  if (existsSync(path)) return describeFile(path, undefined);
  const bundled = Object.hasOwn(bundledModels, model) ? findBundled(model, baseFolder) : undefined;
  if (bundled !== undefined) return describeFile(bundled, model);
  const names = Object.entries(bundledModels).map(([name, { packageName }]) => {
    return name === model ? `${name}, whose package is not installed: npm install ${packageName}` : name;
  });
  throw new ConfigError('DGT_MODEL_FILE_MISSING', { model, bundled: names.join(', ') });
}

function findBundled(model: string, baseFolder: string): string | undefined {
  const { packageName, file } = bundledModels[model] as (typeof bundledModels)[string];
  for (const start of searchStarts(baseFolder)) {
    try {
      return createRequire(start).resolve(`${packageName}/${file}`);
    } catch {
      // Not installed where this start can see it; the next one may.
    }
  }
  return undefined;
}

/** Modules to look from: this package, the program that runs (`dgt` depends on the bundled model), the user's folder. */
function searchStarts(baseFolder: string): string[] {
  const program = process.argv[1];
  const starts = [import.meta.url, join(baseFolder, 'package.json')];
  if (program !== undefined && existsSync(program)) starts.splice(1, 0, realpathSync(program));
  return starts;
}

function describeFile(path: string, bundled: string | undefined): ModelFile {
  const file = statSync(path);
  if (!file.isFile()) throw new ConfigError('DGT_MODEL_FILE_INVALID', { file: path, reason: 'it is a folder' });
  const start = readStart(path);
  const magic = start.toString('latin1', 0, 4);
  if (magic !== 'GGUF') {
    const reason = `it starts with ${JSON.stringify(magic)} and not with "GGUF"`;
    throw new ConfigError('DGT_MODEL_FILE_INVALID', { file: path, reason });
  }
  // Checked here, since the reader of node-llama-cpp takes an unknown version for 3 and may not come back from it.
  const version = start.length === 8 ? start.readUInt32LE(4) : 0;
  if (version < 1 || version > newestVersion) {
    const reason = `it says that it is GGUF version ${version}, and versions up to ${newestVersion} are known`;
    throw new ConfigError('DGT_MODEL_FILE_INVALID', { file: path, reason });
  }
  return { path, size: file.size, bundled };
}

const newestVersion = 3;

function readStart(path: string): Buffer {
  const start = Buffer.alloc(8);
  const file = openSync(path, 'r');
  try {
    return start.subarray(0, readSync(file, start, 0, 8, 0));
  } finally {
    closeSync(file);
  }
}
