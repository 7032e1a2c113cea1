import { resolve } from 'node:path';
import type { Static, TSchema } from '@dgt/core';
import { Problems } from './problems.js';
import { checkAgainstSchema } from './schema-problems.js';
import { SecretStore } from './secrets.js';
import { readYamlDocument } from './yaml-document.js';

/**
 * Reads a YAML file of another system that holds one mapping. `${env:NAME}` in it stays as it is written.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID with every problem of the file, where it stands.
 */
export async function readYamlFile<Schema extends TSchema>(
  file: string,
  schema: Schema,
  { workingFolder }: { readonly workingFolder: string },
): Promise<Static<Schema>> {
  const secrets = new SecretStore();
  const problems = new Problems({ workingFolder, secrets });
  const context = { problems, environment: {}, secrets, workingFolder };
  const document = await readYamlDocument(resolve(workingFolder, file), context);
  const originOf = (path: readonly (string | number)[]) => document && { document, path };
  const checked = document && checkAgainstSchema(schema, document.source, { problems, originOf });
  problems.throwIfAny();
  return checked as Static<Schema>;
}
