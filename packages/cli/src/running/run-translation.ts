import { writeTranslation, type Translation } from '@dgt/compat/translation';
import { runTasks, type RunVariant } from '../commands/run.js';
import type { CommandSession } from '../command-session.js';
import type { RunFlags } from '../program.js';

/** The options of `dgt run` that a command of another system may take as well. */
export type TranslatedRunFlags = Omit<RunFlags, 'taskPaths' | 'includeBuilders' | 'configPath' | 'outputDir'>;

/**
 * Runs what another system's files and flags came to, as `dgt run` would.
 *
 * @returns the exit code.
 */
export async function runTranslation(
  translation: Translation,
  flags: TranslatedRunFlags,
  session: CommandSession,
  variant: Pick<RunVariant, 'adoptFrom' | 'onOutcomes'> = {},
): Promise<number> {
  const { workingFolder, environment } = session.context;
  // Into the environment itself: `.env` goes there too, and what asks for a variable of it must not look into another.
  Object.assign(environment, translation.secrets);
  const configPath = await writeTranslation(translation, { workingFolder });
  return runTasks(
    { ...flags, configPath, taskPaths: [], includeBuilders: [], outputDir: translation.folder },
    session,
    variant,
  );
}
