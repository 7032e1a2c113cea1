import type { DataBuilderClass } from '@dgt/core';
import type { ItemName } from './item-name.js';
import { fillTemplate, fillTemplateFolder, type PlannedFile } from './planned-file.js';
import { locateSchemas, type Surroundings } from './project.js';

/** Whether rows are made from examples, or from each row of a dataset. */
export type BuilderKind = DataBuilderClass['kind'];

/** The files of a new data builder and of a first task for it. */
export function planBuilder(
  name: ItemName,
  kind: BuilderKind,
  surroundings: Surroundings,
  workingFolder: string,
): PlannedFile[] {
  const folder = `builders/${name.full}`;
  const blanks = {
    name: name.full,
    base: name.base,
    Name: name.stem,
    schemas: locateSchemas(folder, surroundings, workingFolder),
    test: describeTest(surroundings, folder),
  };
  const files = fillTemplateFolder(kind, folder, blanks).map((file) => fitTest(file, surroundings));
  const seeds = fillTemplate('task/seeds.yaml', {}).trimEnd();
  return [...files, planTask(name, { builder: name.full, kind, seeds }, surroundings, workingFolder)];
}

/** The file of a new task. */
export function planTask(
  name: ItemName,
  { builder, kind, seeds }: { builder: string; kind: BuilderKind; seeds: string },
  surroundings: Surroundings,
  workingFolder: string,
): PlannedFile {
  const folder = `tasks/${name.full}`;
  const schemas = locateSchemas(folder, surroundings, workingFolder);
  const blanks = { name: name.full, builder, seeds, schemas };
  return { path: `${folder}/task.yaml`, text: fillTemplate(`task/${kind}.yaml`, blanks) };
}

/** The files of a new block type. */
export function planBlock(name: ItemName, surroundings: Surroundings): PlannedFile[] {
  const blanks = { name: name.full, Name: name.stem };
  return fillTemplateFolder('block', `blocks/${name.full}`, blanks).map((file) => fitTest(file, surroundings));
}

/** The command that runs the tests of a folder. */
export function describeTest({ testModule }: Surroundings, folder: string): string {
  return testModule === 'vitest' ? `npx vitest run ${folder}` : `npx dgt test ${folder}`;
}

/** Tests are written for vitest, so that this repository checks them; Node's own runner has the same `test`. */
function fitTest({ path, text }: PlannedFile, { testModule }: Surroundings): PlannedFile {
  if (!path.endsWith('.test.ts') || testModule === 'vitest') return { path, text };
  const [line = ''] = /^import \{ test \} .*\n/m.exec(text) ?? [];
  // Modules of Node stand first.
  const own = text.replace(line, '').replace(/^import assert .*\n/m, `$&${line.replace('vitest', testModule)}`);
  return { path, text: own };
}
