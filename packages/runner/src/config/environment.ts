import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Problems } from './problems.js';
import type { SecretStore } from './secrets.js';

/** Environment variables by name; `process.env` is one. */
export type Environment = Record<string, string | undefined>;

/** A `${env:NAME}` that could not be followed. */
export interface ReferenceProblem {
  readonly name: string | undefined;
  readonly problem: string;
}

/** Variables that name dgt's own folders, as files refer to them where the environment does not say it. */
export const folderDefaults: Readonly<Record<string, string>> = {
  DGT_DATA_DIR: 'data',
  DGT_OUTPUT_DIR: 'output',
  DGT_CACHE_DIR: '.cache',
};

/**
 * Reads `.env` of the folder that dgt was called in. A variable that is set already stays as it is; afterwards the variables
 * of dgt's own folders are set in any case, for datastores and builders to read. Values whose name tells
 * that they are secret (`..._KEY`, `..._TOKEN`) are known as secrets from then on.
 */
export async function loadEnvironmentFile(options: {
  workingFolder: string;
  environment: Environment;
  secrets: SecretStore;
  problems: Problems;
}): Promise<void> {
  const { environment, secrets } = options;
  for (const [name, value] of Object.entries(parseEnv(await readEnvironmentFile(options)))) {
    environment[name] ??= value;
    if (soundsSecret(name) && value !== undefined) secrets.keep(value);
  }
  for (const [name, folder] of Object.entries(folderDefaults)) environment[name] ||= folder;
}

async function readEnvironmentFile({
  workingFolder,
  problems,
}: {
  workingFolder: string;
  problems: Problems;
}): Promise<string> {
  const file = join(workingFolder, '.env');
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') problems.add({ file, problem: `cannot be read (${code})`, code: 'DGT_FILE_UNREADABLE' });
    return '';
  }
}

/** Whether a text refers to the environment. */
export function hasReference(text: string): boolean {
  return text.includes('${env:');
}

/**
 * Replaces `${env:NAME}` and `${env:NAME:-default}` (the default also stands in for an empty value); `$${env:NAME}` gives
 * the literal text. Each value taken from the environment is a secret from then on; a default stands in the file for all
 * to read and is none.
 */
export function resolveReferences(
  text: string,
  options: { environment: Environment; secrets: SecretStore; report: (problem: ReferenceProblem) => void },
): string {
  const { environment, secrets, report } = options;
  return text.replaceAll(
    /(\$?)\$\{env:([^}]*)(\}?)/g,
    (written: string, escape: string, inner: string, end: string) => {
      if (escape !== '') return written.slice(1);
      const [, name, fallback] = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inner) ?? [];
      if (name === undefined || end === '') {
        report({ name: undefined, problem: `"${written}" is not of the form \${env:NAME} or \${env:NAME:-default}` });
        return written;
      }
      const value = environment[name];
      if (value !== undefined && (value !== '' || fallback === undefined)) {
        secrets.keep(value);
        return value;
      }
      if (fallback === undefined) report({ name, problem: `the environment variable ${name} is not set` });
      return fallback ?? written;
    },
  );
}

function soundsSecret(name: string): boolean {
  return /key|token|secret|passw|credential|auth/i.test(name);
}
