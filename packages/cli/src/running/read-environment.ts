import { loadEnvironmentFile, Problems, type Environment } from '@dgt/runner';
import type { CommandSession } from '../command-session.js';

/**
 * The environment with what `.env` of the working folder adds to it, as a run sees it.
 *
 * @throws ConfigError DGT_CONFIG_INVALID
 */
export async function readEnvironment({ context, secrets }: CommandSession): Promise<Environment> {
  const { workingFolder } = context;
  const environment = { ...context.environment };
  const problems = new Problems({ workingFolder, secrets });
  await loadEnvironmentFile({ workingFolder, environment, secrets, problems });
  problems.throwIfAny();
  return environment;
}
