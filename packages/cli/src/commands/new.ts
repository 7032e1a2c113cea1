import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandSession } from '../command-session.js';
import type { NewFlags } from '../program.js';
import { chooseSeeds } from '../scaffold/choose-seeds.js';
import { readItemName, type ItemName } from '../scaffold/item-name.js';
import { describeTest, planBlock, planBuilder, planTask } from '../scaffold/plan-builder.js';
import type { PlannedFile } from '../scaffold/planned-file.js';
import { inspectProject, type Surroundings } from '../scaffold/project.js';
import { writeNewFiles } from '../scaffold/write-new-files.js';

/** Files to write, and what to do then. */
interface Plan {
  readonly files: readonly PlannedFile[];
  readonly next: readonly NextStep[];
}

/** A command to call next, and what for. */
interface NextStep {
  readonly command: string;
  readonly purpose: string;
}

/** `dgt new builder NAME`: a data builder that runs and passes its test as it stands, and a task for it. */
export async function newBuilder(flags: NewFlags, session: CommandSession): Promise<number> {
  const name = readItemName(flags.name);
  const { workingFolder } = session.context;
  const project = inspectProject(workingFolder);
  return write(
    {
      files: [...project.missing, ...planBuilder(name, flags.kind ?? 'generation', project, workingFolder)],
      next: builderSteps(name, project),
    },
    session,
  );
}

/** `dgt new task NAME`: a task for a data builder that there is. */
export async function newTask(flags: NewFlags, session: CommandSession): Promise<number> {
  const name = readItemName(flags.name);
  const { workingFolder } = session.context;
  const project = inspectProject(workingFolder);
  const start = await chooseSeeds(flags.builder, flags.includeBuilders, session);
  const file = planTask(name, start, project, workingFolder);
  const edit = { command: `edit ${file.path}`, purpose: 'write your own examples over the invented ones' };
  const run = { command: `npx dgt run tasks/${name.full}`, purpose: 'make rows' };
  return write({ files: [...project.missing, file], next: start.areReal ? [run] : [edit, run] }, session);
}

/** `dgt new block NAME`: a block type that the YAML of any builder of this folder can name. */
export async function newBlock(flags: NewFlags, session: CommandSession): Promise<number> {
  const name = readItemName(flags.name);
  const project = inspectProject(session.context.workingFolder);
  const next = [
    { command: describeTest(project, `blocks/${name.full}`), purpose: 'test it' },
    { command: 'npx dgt list blocks', purpose: `it is one of them; name it in a builder: type: ${name.full}` },
  ];
  return write({ files: [...project.missing, ...planBlock(name, project)], next }, session);
}

/** A project of its own in a new folder, with one data builder: what `npm create dgt` does. */
export async function newProject({ name: text }: { name: string }, session: CommandSession): Promise<number> {
  const folder = readItemName(text).full;
  const name = readItemName(folder.split('/').at(-1) as string);
  const target = join(session.context.workingFolder, folder);
  const project = inspectProject(target, { isOwn: true });
  const planned = [...project.missing, ...planBuilder(name, 'generation', project, target)];
  await mkdir(target, { recursive: true });
  const files = planned.map(({ path, text }) => ({ path: `${folder}/${path}`, text }));
  const enter = { command: `cd ${folder} && npm install`, purpose: 'install dgt' };
  return write({ files, next: [enter, ...builderSteps(name, { ...project, isNew: false })] }, session);
}

function builderSteps(name: ItemName, project: Surroundings): NextStep[] {
  const install = { command: 'npm install', purpose: 'types for your editor' };
  return [
    { command: `npx dgt run tasks/${name.full}`, purpose: 'make rows' },
    { command: describeTest(project, `builders/${name.full}`), purpose: 'run its test, without a model' },
    ...(project.isNew ? [install] : []),
  ];
}

async function write({ files, next }: Plan, session: CommandSession): Promise<number> {
  await writeNewFiles(session.context.workingFolder, files);
  if (session.json) {
    session.printJson({
      written: files.map(({ path }) => path),
      next: next.map(({ command }) => command),
      exit_code: 0,
    });
    return 0;
  }
  for (const { path } of files) session.print(`wrote ${path}`);
  session.print('\nnext:');
  const width = Math.max(...next.map(({ command }) => command.length));
  for (const { command, purpose } of next) session.print(`  ${command.padEnd(width)}   ${purpose}`);
  return 0;
}
