import { Type, type ModelPrice } from '@dgt/core';
import { resolve } from 'node:path';
import type { Environment } from '../config/environment.js';
import { Problems } from '../config/problems.js';
import { checkAgainstSchema } from '../config/schema-problems.js';
import type { SecretStore } from '../config/secrets.js';
import { readYamlDocument } from '../config/yaml-document.js';

const amount = Type.Number({ minimum: 0 });

const schema = Type.Record(
  Type.String(),
  Type.Object({ input: amount, output: amount, cached_input: Type.Optional(amount) }, { additionalProperties: false }),
);

/**
 * Reads a file of prices: the name of each model, and what a million of its tokens cost.
 *
 * @throws {@link ConfigError} DGT_CONFIG_INVALID with every problem of the file.
 */
export async function readPriceFile(
  file: string,
  { workingFolder, environment, secrets }: { workingFolder: string; environment: Environment; secrets: SecretStore },
): Promise<ReadonlyMap<string, ModelPrice>> {
  const problems = new Problems({ workingFolder, secrets });
  const context = { problems, environment, secrets, workingFolder };
  const document = await readYamlDocument(resolve(workingFolder, file), context);
  const originOf = (path: readonly (string | number)[]) => document && { document, path };
  const prices = document && checkAgainstSchema(schema, document.value, { problems, originOf });
  problems.throwIfAny();
  return new Map(Object.entries((prices ?? {}) as Record<string, ModelPrice>));
}
