import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Problems } from './problems.js';
import { walkFolders } from './walk-folders.js';
import { readYamlDocument, type ReadingContext, type YamlDocument } from './yaml-document.js';

/** A data builder that was found by the `name:` of its YAML; nothing of it has been run. */
export interface FoundBuilder {
  readonly name: string;
  readonly yamlFile: string;
  /** Real path, as stack traces name it. */
  readonly folder: string;
  /** `generate.ts`, or its JavaScript. */
  readonly module: string;
  readonly document: YamlDocument;
}

/** What the searched folders hold. */
export interface BuilderIndex {
  /** By name; several where a name is taken twice. */
  readonly builders: ReadonlyMap<string, readonly FoundBuilder[]>;
  /** What is wrong with YAML files beside a `generate.ts` that could not be read; it matters when a name is not found. */
  readonly unreadable: Problems;
  /** YAML files that declare a data builder and have no `generate.ts` beside them, by the name they declare. */
  readonly withoutModule: ReadonlyMap<string, string>;
}

const moduleNames = ['generate.ts', 'generate.mts', 'generate.js', 'generate.mjs'];

/**
 * Finds data builders below the given folders, or at the given YAML files: each YAML file with a `name` at its top level
 * whose folder has a `generate.ts`. Imports nothing.
 */
export async function findBuilders(
  roots: readonly string[],
  options: { workingFolder: string; context: ReadingContext },
): Promise<BuilderIndex> {
  const { workingFolder, context } = options;
  const unreadable = new Problems({ workingFolder, secrets: context.secrets });
  const builders = new Map<string, FoundBuilder[]>();
  const withoutModule = new Map<string, string>();
  const seen = new Set<string>();
  for (const root of roots) {
    for (const { yamlFile, module } of await findCandidates(resolve(workingFolder, root), context)) {
      const real = await realpath(yamlFile);
      if (seen.has(real)) continue;
      seen.add(real);
      // Beside no module it may be anything, and what is wrong with it is nobody's business.
      const problems = module === undefined ? new Problems({ workingFolder, secrets: context.secrets }) : unreadable;
      const document = await readYamlDocument(yamlFile, { ...context, problems });
      if (document === undefined) continue;
      const { name, blocks } = document.value;
      if (typeof name !== 'string') {
        if (blocks !== undefined) reportNameless(document, problems);
        continue;
      }
      if (module === undefined) {
        if (blocks !== undefined) withoutModule.set(name, yamlFile);
        continue;
      }
      const folder = await realpath(dirname(yamlFile));
      const others = builders.get(name) ?? [];
      builders.set(name, [
        ...others,
        { name, yamlFile: join(folder, basename(yamlFile)), folder, module: join(folder, module), document },
      ]);
    }
  }
  return { builders, unreadable, withoutModule };
}

function reportNameless(document: YamlDocument, problems: Problems): void {
  problems.add({
    ...document.locate(['name'], 'key'),
    problem: 'declares blocks and no "name", by which tasks find a data builder',
    hint: 'Add `name:` with the name that the class is registered under.',
    code: 'DGT_CONFIG_INVALID',
  });
}

interface Candidate {
  readonly yamlFile: string;
  /** Undefined where no `generate.ts` is beside the file. */
  readonly module: string | undefined;
}

async function findCandidates(root: string, { problems }: ReadingContext): Promise<Candidate[]> {
  const found: Candidate[] = [];
  try {
    const isFile = (await stat(root)).isFile();
    for await (const { folder, names } of walkFolders(isFile ? dirname(root) : root)) {
      const module = moduleNames.find((name) => names.includes(name));
      const yamlFiles = names.filter((name) => /\.ya?ml$/i.test(name)).map((name) => join(folder, name));
      found.push(...yamlFiles.filter((file) => !isFile || file === root).map((yamlFile) => ({ yamlFile, module })));
      if (isFile) break;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'no such file or folder' : (code ?? String(error));
    problems.add({
      file: root,
      problem: `cannot be searched for data builders (${reason})`,
      code: 'DGT_FILE_UNREADABLE',
    });
  }
  return found;
}
