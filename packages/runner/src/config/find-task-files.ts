import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Problems } from './problems.js';
import { walkFolders } from './walk-folders.js';

const taskFileNames = new Set(['task.yaml', 'qna.yaml']);

/**
 * The task files that `--task-path` and `--task-paths` name, as absolute paths: a file whatever its name, or every
 * `task.yaml` and `qna.yaml` of a folder at any depth. In the order given, a folder's files alphabetically, each file once
 * even when several paths or links lead to it.
 */
export async function findTaskFiles(
  taskPaths: readonly string[],
  options: { workingFolder: string; problems: Problems },
): Promise<string[]> {
  const { workingFolder, problems } = options;
  const files = new Map<string, string>();
  for (const taskPath of taskPaths) {
    const start = resolve(workingFolder, taskPath);
    const found = await findBelow(start, problems);
    if (found?.length === 0) {
      problems.add({
        file: start,
        problem: 'no task file found',
        hint: 'Name a task file, or a folder that holds files called task.yaml or qna.yaml.',
        code: 'DGT_NO_TASKS',
      });
    }
    for (const file of found ?? []) {
      const real = await realpath(file);
      if (!files.has(real)) files.set(real, file);
    }
  }
  return [...files.values()];
}

async function findBelow(start: string, problems: Problems): Promise<string[] | undefined> {
  try {
    const stats = await stat(start);
    if (!stats.isDirectory()) return [start];
    const files: string[] = [];
    for await (const { folder, names } of walkFolders(start)) {
      files.push(...names.filter((name) => taskFileNames.has(name)).map((name) => join(folder, name)));
    }
    return files.sort();
  } catch (error) {
    const { code, path = start } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' || code === 'ENOTDIR' ? 'no such file or folder' : (code ?? String(error));
    problems.add({
      file: path,
      problem: `cannot be read (${reason})`,
      hint: 'Check the path and its permissions; relative paths start at the folder dgt was called in.',
      code: 'DGT_FILE_UNREADABLE',
    });
    return undefined;
  }
}
