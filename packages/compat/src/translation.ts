import { join, resolve } from 'node:path';
import type { Json } from '@dgt/core';
import { writeWholeFile } from '@dgt/stores/files';
import { stringify } from 'yaml';

/** What the files and flags of another system come to: a run of dgt, with nothing in it that a user could not have written. */
export interface Translation {
  /** Holds the translated file and, below it, the results of the tasks. Relative to the working folder. */
  readonly folder: string;
  /** As under `databuilders:` of a file for `--config-path`: the model, for example. */
  readonly databuilders: Readonly<Record<string, Json>>;
  /** As under `tasks:` there, by name. */
  readonly tasks: Readonly<Record<string, Json>>;
  /** Secrets, such as a key that stood on a command line, by the names under which the file asks for them: `${env:NAME}`. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a translated file is called. */
export const translationFile = 'dgt.yaml';

const preamble = `# What the command came to. \`dgt run --config-path\` takes this file as well; the command writes it anew each time.
`;

/**
 * Writes a translation as the file that `dgt run --config-path` takes. Secrets are not in it.
 *
 * @returns the path of the file.
 */
export async function writeTranslation(
  { folder, databuilders, tasks }: Translation,
  { workingFolder }: { readonly workingFolder: string },
): Promise<string> {
  const file = join(resolve(workingFolder, folder), translationFile);
  const text = preamble + stringify({ databuilders, tasks }, { lineWidth: 0 });
  await writeWholeFile(file, async (handle) => void (await handle.writeFile(text)));
  return file;
}
