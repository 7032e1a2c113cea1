import { readYamlFile } from '@dgt/runner';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readPromptFiles, type PromptFiles } from './prompt-files.js';
import { configSchema, mergeSettings, type PipelineSettings } from './settings.js';

/** The file that is read when none is named. */
export const defaultConfig = 'config.yaml';

/** What a pipeline is told, file and all. */
export interface ReadPipelineOptions {
  /** The `config.yaml`; {@link defaultConfig} where it is there. */
  readonly config?: string | undefined;
  /** Settings that win over the file, under snake_case names. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** What the overrides are called in errors. */
  readonly where: string;
  readonly workingFolder: string;
}

/**
 * Reads the configuration of a pipeline and its prompts.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID, DGT_FILE_UNREADABLE
 */
export async function readPipeline({
  config,
  overrides,
  where,
  workingFolder,
}: ReadPipelineOptions): Promise<{ settings: PipelineSettings; prompts: PromptFiles }> {
  const file = config ?? (existsSync(resolve(workingFolder, defaultConfig)) ? defaultConfig : undefined);
  const written = file === undefined ? {} : await readYamlFile(file, configSchema, { workingFolder });
  const settings = mergeSettings([written, overrides], file === undefined ? where : `${file} with ${where}`);
  const baseFolder = file === undefined ? workingFolder : dirname(resolve(workingFolder, file));
  return { settings, prompts: await readPromptFiles(settings, { baseFolder, workingFolder }) };
}
