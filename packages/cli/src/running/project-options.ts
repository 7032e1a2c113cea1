import type { ProjectOptions } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';
import { announcePlugIns } from '../plug-ins.js';
import type { ReadFlags } from '../program.js';

/**
 * What every command that loads data builders hands to the engine. Announces the plug-ins.
 *
 * @throws {@link PluginError} DGT_PLUG_IN_INVALID
 */
export function readProjectOptions(
  { includeBuilders, configPath, lm }: Pick<ReadFlags, 'includeBuilders' | 'configPath' | 'lm'>,
  { context, secrets }: CommandSession,
) {
  const { workingFolder, environment } = context;
  const announced = announcePlugIns(workingFolder);
  return {
    builderRoots: ['builders', ...includeBuilders, ...announced.builderRoots],
    workingFolder,
    environment,
    hostUrl: import.meta.url,
    configPath,
    lm,
    secrets,
  } satisfies Partial<ProjectOptions>;
}
