import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatPlace, Type } from '@dgt/core';
import { describeSearch, expandPath, searchedFolders } from './locate-files.js';
import { partOf, type Part } from './pieces.js';
import { checkAgainstSchema } from './schema-problems.js';
import { readYamlDocument, type ReadingContext, type YamlDocument } from './yaml-document.js';

/** A file of `--config-path`: what it changes in builders and tasks, and which tasks it adds. */
export interface ConfigFile {
  readonly document: YamlDocument;
  /** By the name of the data builder. */
  readonly builders: ReadonlyMap<string, Part>;
  /** By `task_name`. */
  readonly tasks: ReadonlyMap<string, Part>;
  /** Absolute paths of further task files and folders. */
  readonly taskPaths: readonly string[];
}

const overrides = Type.Optional(Type.Record(Type.String(), Type.Object({})));
const schema = Type.Object(
  { databuilders: overrides, tasks: overrides, task_files: Type.Optional(Type.Array(Type.String({ minLength: 1 }))) },
  { additionalProperties: false },
);

/** Reads a file of `--config-path`. Its `task_files` start at the folder dgt was called in, or else at its own. */
export async function readConfigFile(file: string, context: ReadingContext): Promise<ConfigFile | undefined> {
  const document = await readYamlDocument(file, context);
  if (document === undefined || reportOtherFile(document, context)) return undefined;
  const checked = checkAgainstSchema(schema, document.value, {
    problems: context.problems,
    originOf: (path) => ({ document, path }),
  });
  if (checked === undefined) return undefined;
  const listParts = (key: 'databuilders' | 'tasks') =>
    new Map(Object.keys(checked[key] ?? {}).map((name) => [name, partOf(document, [key, name])]));
  return {
    document,
    builders: listParts('databuilders'),
    tasks: listParts('tasks'),
    taskPaths: await findTaskPaths((checked['task_files'] ?? []) as string[], document, context),
  };
}

/** A file of another kind is told as that, and not by its first unknown key. */
function reportOtherFile(document: YamlDocument, { problems }: ReadingContext): boolean {
  const keys = ['task_name', 'data_builder', 'seed_examples', 'blocks', 'name'];
  const key = keys.find((name) => Object.hasOwn(document.value, name));
  if (key === undefined) return false;
  const isTask = key !== 'blocks' && key !== 'name';
  const name = JSON.stringify(document.value[isTask ? 'task_name' : 'name'] ?? 'NAME');
  problems.add({
    ...document.locate([key], 'key'),
    problem: isTask
      ? 'is a task file, and --config-path takes a file that changes tasks and builders'
      : 'is the YAML of a data builder, and --config-path takes a file that changes tasks and builders',
    hint: isTask
      ? `Give it with --task-path; to change a task, write \`tasks: { ${name}: { ... } }\`.`
      : `Builders are found by --include-builders; to change one, write \`databuilders: { ${name}: { ... } }\`.`,
    code: 'DGT_CONFIG_INVALID',
  });
  return true;
}

async function findTaskPaths(paths: string[], document: YamlDocument, context: ReadingContext): Promise<string[]> {
  const { problems, environment } = context;
  const found: string[] = [];
  for (const [index, written] of paths.entries()) {
    const path = expandPath(written, environment);
    const places = searchedFolders(document.file, context).map((folder) => resolve(folder, path));
    const exists = await Promise.all(places.map((place) => stat(place).catch(() => undefined)));
    const place = places.find((_place, at) => exists[at] !== undefined);
    if (place !== undefined) found.push(place);
    else {
      problems.add({
        ...document.locate(['task_files', index]),
        path: formatPlace(['task_files', index]),
        problem: `there is no file or folder ${JSON.stringify(path)}`,
        hint: describeSearch(document.file, context),
        code: 'DGT_FILE_UNREADABLE',
      });
    }
  }
  return found;
}
