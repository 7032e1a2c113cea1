import { ConfigError, locateFile } from '@dgt/core';
import { readFile } from 'node:fs/promises';
import type { PipelineSettings } from './settings.js';

/** A prompt, and the file that holds it as the settings name it. */
export interface PromptFile {
  readonly path: string;
  readonly text: string;
}

/** The prompts of a pipeline; there need not be one of the system. */
export interface PromptFiles {
  readonly system: PromptFile | undefined;
  readonly user: PromptFile;
}

/**
 * Reads the prompts. A relative path starts at the folder of `config.yaml`, or else at the one that dgt was called in.
 *
 * @throws {@link ConfigError} DGT_FILE_UNREADABLE
 */
export async function readPromptFiles(
  { system_prompt_path: system, user_prompt_path: user }: PipelineSettings,
  folders: { readonly baseFolder: string; readonly workingFolder: string },
): Promise<PromptFiles> {
  return {
    system: system === undefined ? undefined : await readPrompt(system, 'system_prompt_path', folders),
    user: await readPrompt(user as string, 'user_prompt_path', folders),
  };
}

async function readPrompt(
  path: string,
  setting: string,
  folders: { readonly baseFolder: string; readonly workingFolder: string },
): Promise<PromptFile> {
  try {
    return { path, text: await readFile(locateFile(path, folders), 'utf8') };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const reason = `${setting}: ${code === 'ENOENT' ? 'no such file' : code}`;
    throw new ConfigError('DGT_FILE_UNREADABLE', { file: path, reason }, { cause: error });
  }
}
